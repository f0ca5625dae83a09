/// TLS of the listeners. Keys and defaults: docs/configuration.md.
public struct TLSSection: Sendable, Hashable {
    /// A listener that can have TLS.
    public enum Door: String, Sendable, CaseIterable {
        case chat, websocket, gate, admin
    }

    /// Files (PEM); empty: none.
    public var certificate: String
    public var key: String
    public var clientAuthorities: String
    public var isOnly13: Bool
    public var handshakeSeconds: Int
    /// The listeners that speak TLS.
    public var doors: Set<Door>
    /// Those whose clients must have a certificate.
    public var mutual: Set<Door>

    init(_ values: ResolvedConfiguration) throws {
        certificate = try values.string("tls.certificate")
        key = try values.string("tls.key")
        clientAuthorities = try values.string("tls.client_ca")
        isOnly13 = try values.string("tls.minimum") == "1.3"
        handshakeSeconds = try values.integer("tls.handshake_seconds")
        doors = Set(try Door.allCases.filter { try values.boolean("tls.\($0)") })
        mutual = Set(try Door.allCases.filter { try values.boolean("tls.mutual.\($0)") })
    }
}
