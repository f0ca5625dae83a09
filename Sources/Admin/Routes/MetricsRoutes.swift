import HTTPListener
import Hummingbird
import Node

/// For Prometheus.
struct MetricsRoutes {
    let control: any NodeControl

    func add(to routes: inout HTTPRoutes) {
        routes.add(.get, "/metrics") { _, _ in .metrics(await control.metrics()) }
    }
}
