import Admin
import AsyncHTTPClient
import Foundation
import NIOCore

/// Asks a running node's admin listener.
struct AdminClient {
    private let url: String
    private let token: String

    init(url: String, token: String) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.token = token
    }

    /// The answer's type, and its bytes as they came.
    /// - Throws: `CommandError`, one line that says whether no node runs, it refused, or it is no node.
    func get<Answer: Decodable>(_ path: String, as type: Answer.Type) async throws -> (answer: Answer, bytes: Data) {
        let (status, bytes) = try await ask(path)
        guard status == 200 else { throw refusal(status, bytes) }
        do { return (try AdminJSON.decode(type, from: bytes), bytes) } catch {
            throw CommandError("\(url) is no admin listener of hpush: its answer to \(path) is another")
        }
    }

    private func ask(_ path: String) async throws -> (UInt, Data) {
        var request = HTTPClientRequest(url: url + path)
        if !token.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 16 << 20)
            return (response.status.code, Data(body.readableBytesView))
        } catch let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded {
            throw CommandError("\(url) does not answer within 10 seconds")
        } catch let error as HTTPClientError where error == .invalidURL || error == .emptyHost || error == .emptyScheme {
            throw CommandError("\(url) is no URL such as http://127.0.0.1:7070")
        } catch  where isLoopback {
            throw CommandError("no node runs here: nothing listens at \(url)")
        } catch {
            throw CommandError("no node answers at \(url)")
        }
    }

    private var isLoopback: Bool { ["://127.", "://localhost", "://[::1]"].contains { url.contains($0) } }

    private func refusal(_ status: UInt, _ bytes: Data) -> CommandError {
        if status == 401 { return CommandError("\(url) refused the token (admin.token or --token)") }
        let said = (try? AdminJSON.decode(ErrorAnswer.self, from: bytes))?.error.message
        return CommandError("\(url) answered \(status)\(said.map { ": \($0)" } ?? "")")
    }
}
