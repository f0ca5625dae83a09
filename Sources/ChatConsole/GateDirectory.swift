import AsyncHTTPClient
import ChatClient
import Foundation
import NIOCore
import NIOFoundationCompat

/// Asks a gate for a node and for a token.
public struct GateDirectory: Sendable {
    private let base: String
    private let host: String
    private let security: ChatSecurity?

    /// - Parameters:
    ///   - url: such as `http://gate.example:8080`; without a scheme, http is taken.
    ///   - security: whose certificates are taken, the gate's by https and a node's by TLS; nil: those of the authorities that the system
    ///     trusts.
    public init(url: String, security: ChatSecurity? = nil) throws(GateError) {
        var text = url.contains("://") ? url : "http://\(url)"
        while text.hasSuffix("/") { text.removeLast() }
        guard let parsed = URL(string: text), let host = parsed.host, ["http", "https"].contains(parsed.scheme) else {
            throw GateError(description: "--gate \(url): expected a URL such as http://127.0.0.1:8080")
        }
        self.base = text
        self.host = host
        self.security = security
    }

    /// Where to connect, by TLS where the gate says that the node speaks it, and the token for the login when there is a password.
    public func target(user: String, password: String?) async throws(GateError) -> ChatClientConfiguration.Target {
        var token: String?
        var named: NodeAnswer.Node?
        if let password {
            let body = try? JSONEncoder().encode(["user": user, "password": password])
            let answer: LoginAnswer = try await ask("/v1/login", body: body ?? Data(), for: "a token")
            token = answer.token
            named = answer.node
        }
        let node: NodeAnswer.Node
        if let named {
            // The gate has sent this user there: another question would count one more.
            node = named
        } else {
            let answer: NodeAnswer = try await ask("/user/getImNode", body: nil, for: "a node")
            node = answer.imNode
        }
        guard (1...65535).contains(node.port) else {
            throw GateError(description: "gate \(base) names a node without a valid port (\(node.port))")
        }
        // A node on this very machine may not know its outer address.
        let isWildcard = ["", "0.0.0.0", "::", "[::]"].contains(node.host)
        let address = ChatAddress(host: isWildcard ? host : node.host, port: node.port)
        return ChatClientConfiguration.Target(address: address, token: token, security: try security(of: node))
    }

    private func security(of node: NodeAnswer.Node) throws(GateError) -> ChatSecurity? {
        guard node.tls == true else { return nil }
        if let security { return security }
        do { return try ChatSecurity() } catch { throw GateError(description: "\(error)") }
    }

    private struct NodeAnswer: Decodable {
        struct Node: Decodable {
            let host: String
            let port: Int
            /// nil: the gate does not say.
            let tls: Bool?
        }
        let imNode: Node
    }

    private struct LoginAnswer: Decodable {
        let token: String
        let node: NodeAnswer.Node?
    }

    private struct Refusal: Decodable {
        struct Reason: Decodable { let message: String }
        let error: Reason
    }

    private func ask<Answer: Decodable>(_ path: String, body: Data?, for what: String) async throws(GateError) -> Answer {
        var request = HTTPClientRequest(url: base + path)
        if let body {
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(data: body))
        }
        let status: UInt
        let data: Data
        do {
            (status, data) = try await HTTPClient.with(security?.configuration) { [request] client in
                let response = try await client.execute(request, timeout: .seconds(10))
                return (response.status.code, Data(buffer: try await response.body.collect(upTo: 1 << 20)))
            }
        } catch {
            throw GateError(description: "cannot reach gate \(base): \(ConnectionFailure.describe(error))")
        }
        guard status == 200 else {
            let words = (try? JSONDecoder().decode(Refusal.self, from: data))?.error.message
            throw GateError(description: "gate \(base) gives no \(what.dropFirst(2)): \(words ?? "HTTP status \(status)")")
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: data)
        } catch {
            throw GateError(description: "gate \(base) answers \(path) with something else than \(what)")
        }
    }
}
