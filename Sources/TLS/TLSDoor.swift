import Reactor
import Synchronization

/// TLS of one listener, or of connections to others: the certificate in force, which can be replaced while it is used, and what came of
/// handshakes. Any thread.
public final class TLSDoor: Sendable {
    /// For metrics and logs: "chat".
    public let name: String
    public let role: TLSContext.Role
    public let onlyTLS13: Bool
    public let handshakeMilliseconds: Int
    public let counts = HandshakeCounts()

    private struct State {
        var material: TLSMaterial
        var context: TLSContext
        var generation = 0
    }
    private let state: Mutex<State>

    /// - Throws: `TLSError` when the certificate and its key do not go together, or OpenSSL does not take them.
    public init(_ name: String, _ role: TLSContext.Role, _ material: TLSMaterial, onlyTLS13: Bool = false, handshakeSeconds: Int = 10)
        throws(TLSError)
    {
        self.name = name
        self.role = role
        self.onlyTLS13 = onlyTLS13
        handshakeMilliseconds = handshakeSeconds * 1000
        state = Mutex(State(material: material, context: try TLSContext(material, role, onlyTLS13: onlyTLS13)))
    }

    /// For a new connection, which keeps the certificate that is in force now.
    /// - Parameter host: the name or address that the other side's certificate must be of; nil: it is not looked at.
    public func filter(host: String? = nil) -> any ConnectionFilter {
        TLSStream(
            state.withLock(\.context), host: host, counts: counts, handshakeMilliseconds: handshakeMilliseconds)
    }

    /// What is in force, and a number that is another one when that changes.
    public var material: (material: TLSMaterial, generation: Int) { state.withLock { ($0.material, $0.generation) } }

    /// When the certificate ends, in seconds since 1970; nil where there is none.
    public var expiry: Int64? { state.withLock(\.material.certificate?.notAfter) }

    /// What `replace` puts in force.
    func context(of material: TLSMaterial) throws(TLSError) -> TLSContext {
        try TLSContext(material, role, onlyTLS13: onlyTLS13)
    }

    func replace(_ material: TLSMaterial, _ context: TLSContext) {
        state.withLock { $0 = State(material: material, context: context, generation: $0.generation + 1) }
    }
}
