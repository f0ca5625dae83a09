import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// Who is logged in.
struct SessionRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        routes.add(.get, "/v1/sessions") { request, _ in
            guard let user = request.uri.queryParameters.get("user"), !user.isEmpty else {
                throw HTTPFailure.badRequest("expected /v1/sessions?user=NAME")
            }
            return try .json(SessionsAnswer(sessions: await control.sessions(of: user)))
        }
        routes.add(.delete, "/v1/sessions/*") { _, match in
            let id = match.name
            guard await control.closeSession(id: id, reason: "admin") else {
                throw HTTPFailure(.notFound, code: "no_such_session", "there is no session '\(id.prefix(64))' on this node")
            }
            return try .json(["closed": true])
        }
    }
}
