import HTTPTypes
import Hummingbird
import Node

/// Who is logged in.
struct SessionRoutes {
    let control: any NodeControl

    func add(to routes: inout RouteTable) {
        routes.add(.get, "/v1/sessions") { request, _ in
            guard let user = request.uri.queryParameters.get("user"), !user.isEmpty else {
                throw AdminFailure(.badRequest, code: "bad_request", "expected /v1/sessions?user=NAME")
            }
            return try .json(SessionsAnswer(sessions: await control.sessions(of: user)))
        }
        routes.add(.delete, "/v1/sessions/*") { _, id in
            guard await control.closeSession(id: id, reason: "admin") else {
                throw AdminFailure(.notFound, code: "no_such_session", "there is no session '\(id.prefix(64))' on this node")
            }
            return try .json(["closed": true])
        }
    }
}
