import Spans
import Synchronization
import TLS

/// What the gate counts, and how Prometheus reads it. Any thread.
final class GateCounts: Sendable {
    enum Login: String, CaseIterable {
        case accepted, refused, limited, unavailable
        case noNode = "no_node"
        case userLimited = "user_limited"
    }

    private struct Answer: Hashable {
        var route: String
        var status: Int
    }

    private struct State {
        var logins: [Login: UInt64] = [:]
        var answers: [Answer: UInt64] = [:]
        var connectionsRefused: UInt64 = 0
    }

    private let state = Mutex(State())

    func login(_ result: Login) { state.withLock { $0.logins[result, default: 0] += 1 } }

    /// - Parameter route: a route's pattern, so that there are few; nil for an unknown path.
    func answered(_ route: String?, status: Int) {
        state.withLock { $0.answers[Answer(route: route ?? "unknown", status: status), default: 0] += 1 }
    }

    /// A connection over `limits.connections_per_address`.
    func refusedConnection() { state.withLock { $0.connectionsRefused += 1 } }

    /// Prometheus text format 0.0.4.
    /// - Parameters:
    ///   - spans: nil where a node counts them, or nothing is traced.
    ///   - tls: nil where the gate speaks HTTP.
    func text(nodes: [GateNode], spans: SpanBuffer? = nil, tls: TLSDoor? = nil) -> String {
        let (logins, answers, refused) = state.withLock { ($0.logins, $0.answers, $0.connectionsRefused) }
        var text = ""
        func add(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: UInt64)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
            for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
        }
        add(
            "hpush_gate_logins_total", "counter", "Logins at the gate, by result",
            Login.allCases.map { ("{result=\"\($0.rawValue)\"}", logins[$0] ?? 0) })
        add(
            "hpush_gate_answers_total", "counter", "Answers of the gate, by route and status",
            answers.sorted { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }.map {
                ("{route=\"\($0.key.route)\",status=\"\($0.key.status)\"}", $0.value)
            })
        add(
            "hpush_gate_connections_refused_total", "counter", "Connections over limits.connections_per_address", [("", refused)])
        let ready = nodes.count { $0.takesLogins }, draining = nodes.count { $0.draining && !$0.stale }
        add(
            "hpush_gate_nodes", "gauge", "Nodes the gate knows, by state",
            [("ready", ready), ("draining", draining), ("other", nodes.count - ready - draining)].map {
                ("{state=\"\($0.0)\"}", UInt64(max($0.1, 0)))
            })
        if let spans {
            let (exported, dropped) = spans.counts
            add(
                "hpush_trace_spans_total", "counter", "Spans of traces, by what became of them",
                [("{result=\"exported\"}", exported), ("{result=\"dropped\"}", dropped)])
        }
        guard let tls else { return text }
        add(
            "hpush_tls_certificate_expiry_timestamp_seconds", "gauge", "When the certificate in force ends, by door",
            tls.expiry.map { [("{door=\"\(tls.name)\"}", UInt64(max($0, 0)))] } ?? [])
        add(
            "hpush_tls_handshakes_total", "counter", "Handshakes of TLS, by door and result",
            HandshakeResult.allCases.map {
                ("{door=\"\(tls.name)\",result=\"\($0.name)\"}", UInt64(max(tls.counts[$0], 0)))
            })
        return text
    }
}
