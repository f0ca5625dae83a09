import HTTPListener
import HTTPTypes
import Hummingbird

/// For supervisors, load balancers and Prometheus.
struct HealthRoutes {
    let placement: NodePlacement
    let counts: GateCounts

    func add(to routes: inout HTTPRoutes) {
        let (placement, counts) = (placement, counts)
        routes.add(.get, "/healthz") { _, _ in try .json(["status": "ok"]) }
        routes.add(.get, "/metrics") { _, _ in .metrics(counts.text(nodes: placement.nodes)) }
    }
}
