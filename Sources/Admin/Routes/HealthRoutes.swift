import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// For supervisors and load balancers.
struct HealthRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        routes.add(.get, "/healthz") { _, _ in try .json(["status": "ok"]) }
        routes.add(.get, "/readyz") { _, _ in
            guard control.isReady else {
                throw HTTPFailure(
                    .serviceUnavailable, code: "not_ready", "the node takes no logins: it is starting, draining, or its memory is used up")
            }
            return try .json(["status": "ready"])
        }
    }
}
