import HTTPListener
import HTTPTypes
import Hummingbird
import Spans
import TLS

/// For supervisors, load balancers and Prometheus.
struct HealthRoutes {
    let placement: NodePlacement
    let counts: GateCounts
    let exported: SpanBuffer?
    let tls: TLSDoor?

    func add(to routes: inout HTTPRoutes) {
        let (placement, counts, exported, tls) = (placement, counts, exported, tls)
        routes.add(.get, "/healthz") { _, _ in try .json(["status": "ok"]) }
        routes.add(.get, "/metrics") { _, _ in .metrics(counts.text(nodes: placement.nodes, spans: exported, tls: tls)) }
    }
}
