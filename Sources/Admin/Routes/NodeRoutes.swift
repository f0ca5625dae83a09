import HTTPTypes
import Hummingbird
import Node

/// The node as a whole.
struct NodeRoutes {
    let control: any NodeControl

    func add(to routes: inout RouteTable) {
        routes.add(.get, "/v1/status") { _, _ in try .json(await control.status()) }
        routes.add(.post, "/v1/drain") { _, _ in
            await control.drain()
            return try .json(["draining": true], status: .accepted)
        }
    }
}
