import Hummingbird
import Node

/// The plugins in force.
struct PluginRoutes {
    let control: any NodeControl

    func add(to routes: inout RouteTable) {
        routes.add(.get, "/v1/plugins") { _, _ in try .json(await control.plugins()) }
    }
}
