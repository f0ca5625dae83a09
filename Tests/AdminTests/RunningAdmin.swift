import AsyncHTTPClient
import Foundation
import HPushConfiguration
import HTTPListener
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

@testable import Admin

/// A level that nothing follows.
final class FakeLevel: LogLevelControl {
    private let current = Mutex(Logger.Level.info)

    var level: Logger.Level {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}

/// A listener on a free loopback port, and a client that may say anything in its headers.
struct RunningAdmin {
    let address: ListenAddress
    let control: FakeControl
    let level: FakeLevel

    struct Answer {
        var status: UInt
        var headers: HTTPHeaders
        var text: String

        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:] }
        var errorCode: String? { (json["error"] as? [String: Any])?["code"] as? String }
    }

    /// Runs `body` while a listener serves.
    static func with(token: String = "", dashboard: PageFiles? = nil, _ body: (RunningAdmin) async throws -> Void) async throws {
        let section = try NodeConfiguration.load(file: nil, options: ["admin.port=0", "admin.token='\(token)'"], environment: [:]).admin
        let control = try FakeControl()
        let admin = FakeLevel()
        let server = try AdminServer(
            control: control, logLevel: admin, section: section, dashboard: dashboard,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body(RunningAdmin(address: try await server.address, control: control, level: admin))
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    func ask(
        _ path: String, _ method: HTTPMethod = .GET, _ headers: KeyValuePairs<String, String> = [:], body: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address.url + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(status: response.status.code, headers: response.headers, text: String(buffer: body))
    }
}
