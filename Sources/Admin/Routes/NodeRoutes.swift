import HTTPListener
import HTTPTypes
import Hummingbird
import Node

/// The node as a whole.
struct NodeRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        let control = control
        routes.add(.get, "/v1/status") { _, _ in try .json(await control.status()) }
        routes.add(.get, "/v1/config") { _, _ in try .json(ConfigurationAnswer(control.configuration)) }
        routes.add(.post, "/v1/drain") { _, _ in
            await control.drain()
            return try .json(["draining": true], status: .accepted)
        }
    }
}
