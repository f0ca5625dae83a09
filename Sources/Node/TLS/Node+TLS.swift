import TLS

extension Node {
    /// The TLS of this process: of the node's own listeners and of those beside it.
    public var tls: TLSDoors { shared.tls }

    /// What counts of TLS, by door; nothing where there is none.
    func addTLS(to text: inout MetricsText) { text.add(shared.tls) }
}

extension MetricsText {
    mutating func add(_ tls: TLSDoors) {
        if tls.all.isEmpty { return }
        gauges(
            "hpush_tls_certificate_expiry_timestamp_seconds", "When the certificate in force ends, by door",
            tls.all.compactMap { door in door.expiry.map { ("door=\"\(door.name)\"", Double($0)) } })
        counters(
            "hpush_tls_handshakes_total", "Handshakes of TLS, by door and result",
            tls.all.flatMap { door in
                HandshakeResult.allCases.map { ("door=\"\(door.name)\",result=\"\($0.name)\"", Double(door.counts[$0])) }
            })
    }
}
