import Hummingbird
import Node

/// For Prometheus.
struct MetricsRoutes {
    let control: any NodeControl

    func add(to routes: inout RouteTable) {
        routes.add(.get, "/metrics") { _, _ in .text(await control.metrics(), type: "text/plain; version=0.0.4; charset=utf-8") }
    }
}
