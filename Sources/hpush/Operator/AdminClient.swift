import Admin
import AsyncHTTPClient
import ChatClient
import ChatConsole
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks a running node's admin listener.
struct AdminClient {
    private let url: String
    private let token: String
    private let tls: TLSConfiguration?

    /// - Parameter tls: for https; nil: the certificate must be of the host and of an authority that the system trusts.
    init(url: String, token: String, tls: TLSConfiguration? = nil) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
        self.tls = tls
    }

    /// The answer's type, and its bytes as they came.
    /// - Throws: `CommandError`, one line that says whether no node runs, it refused, or it is no node.
    func get<Answer: Decodable>(_ path: String, as type: Answer.Type) async throws -> (answer: Answer, bytes: Data) {
        try await request(.GET, path, seconds: 10)
    }

    /// - Parameters:
    ///   - body: JSON, if anything.
    ///   - seconds: how long the node may take.
    func post<Answer: Decodable>(_ path: String, _ body: Data? = nil, as type: Answer.Type, seconds: Int64) async throws
        -> (answer: Answer, bytes: Data)
    {
        try await request(.POST, path, body, seconds: seconds)
    }

    /// A stream's lines of JSON as they come, without their ends.
    /// - Parameter seconds: how long it may go on.
    func lines(_ path: String, _ query: [(String, String)], by method: HTTPMethod = .GET, seconds: Double, _ take: (Data) throws -> Void)
        async throws
    {
        let query = query.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
        try await guarding(Int64(seconds) + 15) {
            try await HTTPClient.with(tls) { client in
                let response = try await client.execute(
                    head(method, "\(path)?\(query)"), timeout: .seconds(Int64(seconds) + 15))
                guard response.status == .ok else {
                    let body = try await response.body.collect(upTo: 1 << 20)
                    throw refusal(response.status.code, Data(body.readableBytesView))
                }
                try await readLines(response.body, take)
            }
        }
    }

    private func readLines(_ body: HTTPClientResponse.Body, _ take: (Data) throws -> Void) async throws {
        var rest = Data()
        do {
            for try await piece in body {
                rest.append(contentsOf: piece.readableBytesView)
                while let end = rest.firstIndex(of: 10) {
                    if end > rest.startIndex { try take(rest[..<end]) }
                    rest = Data(rest[rest.index(after: end)...])
                }
            }
        } catch is HTTPClientError, is IOError { throw CommandError("\(url) ended its answer too early") }
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? ""
    }

    private func head(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return request
    }

    private func request<Answer: Decodable>(_ method: HTTPMethod, _ path: String, _ body: Data? = nil, seconds: Int64) async throws
        -> (Answer, Data)
    {
        let (status, bytes) = try await ask(method, path, body, seconds)
        guard status == 200 else { throw refusal(status, bytes) }
        do { return (try AdminJSON.decode(Answer.self, from: bytes), bytes) } catch {
            throw CommandError("\(url) is no admin listener of hpush: its answer to \(path) is another")
        }
    }

    private func ask(_ method: HTTPMethod, _ path: String, _ body: Data?, _ seconds: Int64) async throws -> (UInt, Data) {
        var request = head(method, path)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let ready = request
        return try await guarding(seconds) {
            try await HTTPClient.with(tls) { client in
                let response = try await client.execute(ready, timeout: .seconds(seconds))
                let body = try await response.body.collect(upTo: 16 << 20)
                return (response.status.code, Data(body.readableBytesView))
            }
        }
    }

    /// Faults of the connection in words.
    private func guarding<Result>(_ seconds: Int64, _ work: () async throws -> Result) async throws -> Result {
        do { return try await work() } catch let error as CommandError {
            throw error
        } catch let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded {
            throw CommandError("\(url) does not answer within \(seconds) seconds")
        } catch let error as HTTPClientError where error == .invalidURL || error == .emptyHost || error == .emptyScheme {
            throw CommandError("\(url) is no URL such as http://127.0.0.1:7070")
        } catch let error where error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            throw CommandError("\(url): \(ConnectionFailure.describe(error))")
        } catch  where isLoopback {
            throw CommandError("no node runs here: nothing listens at \(url)")
        } catch {
            throw CommandError("no node answers at \(url)")
        }
    }

    private var isLoopback: Bool { ["://127.", "://localhost", "://[::1]"].contains { url.contains($0) } }

    private func refusal(_ status: UInt, _ bytes: Data) -> CommandError {
        if status == 401 { return CommandError("\(url) refused the token (admin.token or --token)") }
        let error = (try? AdminJSON.decode(ErrorAnswer.self, from: bytes))?.error
        // A reload's refusal is about a plugin, not about the listener.
        if let error, let generation = error.generation {
            return CommandError("\(error.message); generation \(generation) stays in force")
        }
        let said = error?.message
        return CommandError("\(url) answered \(status)\(said.map { ": \($0)" } ?? "")")
    }
}
