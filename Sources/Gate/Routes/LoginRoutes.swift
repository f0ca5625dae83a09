import Foundation
import HTTPListener
import HTTPTypes
import Hummingbird

/// Who somebody is.
struct LoginRoutes {
    let desk: LoginDesk

    /// A name and a password, escaped at worst.
    private static let mostBody = 16 << 10

    func add(to routes: inout HTTPRoutes) {
        let desk = desk
        routes.add(.post, "/v1/login") { request, match in
            let body = try await Self.body(of: request)
            let (token, node) = try await desk.logIn(user: body.user, password: body.password ?? "", from: match.remote)
            return try .json(LoginAnswer(token: token, node: node.reachable(by: request)))
        }
        // For clients of the Java system. A password in a path is seen by what lies between: others use the one above.
        routes.add(.get, "/user/login/*/*") { request, match in
            let user = match.names[0]
            let (token, node) = try await desk.logIn(user: user, password: match.names[1], from: match.remote)
            return try .json(OldLoginAnswer(user: user, token: token, node: node.reachable(by: request)))
        }
    }

    private static func body(of request: Request) async throws(HTTPFailure) -> LoginBody {
        let data = try await request.wholeBody(upTo: mostBody)
        do { return try JSONDecoder().decode(LoginBody.self, from: data) } catch {
            throw .badRequest("expected {\"user\": NAME, \"password\": PASSWORD}")
        }
    }
}
