import AsyncHTTPClient
import Foundation
import HPushConfiguration
import HTTPListener
import Logging
import Messaging
import NIOCore
import NIOHTTP1
import Synchronization
import Tokens

@testable import Gate

/// Nodes as a test says.
final class FakeDirectory: NodeDirectory {
    let known = Mutex<[GateNode]>([])

    func nodes() -> [GateNode] { known.withLock { $0 } }
}

/// "right" is everybody's password; "later" can't be checked.
struct FakeAccounts: GateAccounts {
    func check(user: String, password: String) async -> GateVerdict {
        switch password {
        case "right": .right
        case "later": .unavailable
        default: .wrong
        }
    }
}

/// A gate on a free loopback port.
struct RunningGate {
    let address: ListenAddress
    let directory: FakeDirectory
    let tokens: TokenKeys

    struct Answer {
        var status: UInt
        var headers: HTTPHeaders
        var json: [String: Any]
        var errorCode: String? { (json["error"] as? [String: Any])?["code"] as? String }
    }

    static func with(
        failedLogins: Int = 0, ofOneUser: Int = 0, connections: Int = 0, origins: [String] = [], nodes: [GateNode],
        _ body: (RunningGate) async throws -> Void
    ) async throws {
        var section = try NodeConfiguration.load(file: nil, options: ["gate.port=0", "gate.host=127.0.0.1"], environment: [:]).gate
        section.origins = origins
        let directory = FakeDirectory()
        directory.known.withLock { $0 = nodes }
        let tokens = await TokenKeys(secret: "short")
        let server = try GateServer(
            directory: directory, accounts: FakeAccounts(), tokens: tokens,
            addresses: AddressLimits(connections: 0, failedLoginsPerMinute: failedLogins),
            backOff: LoginBackOff(failures: ofOneUser), connectionsPerAddress: connections, section: section,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body(RunningGate(address: try await server.address, directory: directory, tokens: tokens))
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    func ask(_ path: String, _ method: HTTPMethod = .GET, body: String? = nil, headers: HTTPHeaders = [:]) async throws -> Answer {
        var request = HTTPClientRequest(url: address.url + path)
        request.method = method
        request.headers = headers
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        let json = (try? JSONSerialization.jsonObject(with: Data(bytes.readableBytesView))) as? [String: Any]
        return Answer(status: response.status.code, headers: response.headers, json: json ?? [:])
    }

    func login(_ user: String, _ password: String) async throws -> Answer {
        try await ask("/v1/login", .POST, body: "{\"user\":\"\(user)\",\"password\":\"\(password)\"}")
    }

    /// Tries wrong passwords until an attempt is not checked any more: how many that takes depends on how quick this machine is, as waits end.
    func guess(_ user: String) async throws -> Answer {
        var answer = try await login(user, "wrong")
        for _ in 0..<100 where answer.status == 401 { answer = try await login(user, "wrong") }
        return answer
    }
}
