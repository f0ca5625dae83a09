/// A node as the gate knows it, and as it tells clients: the names are those of the nodes' JSON in ZooKeeper, the first four the Java
/// ImNode's.
public struct GateNode: Sendable, Hashable, Codable {
    public var id: Int64
    /// Sessions, when the node said so last.
    public var balance: Int
    /// Where clients reach it. A wildcard stands for the host by which the client reached the gate.
    public var host: String
    public var port: Int
    /// Whether that port speaks TLS.
    public var tls: Bool
    /// nil: it has no WebSocket listener.
    public var websocketPort: Int?
    /// Whether that one speaks TLS (wss).
    public var websocketTLS: Bool
    public var name: String
    /// It takes no logins any more.
    public var draining: Bool
    /// It has not been heard of for too long; it may be frozen.
    public var stale: Bool

    public init(
        id: Int64, balance: Int, host: String, port: Int, tls: Bool = false, websocketPort: Int? = nil, websocketTLS: Bool = false,
        name: String,
        draining: Bool = false, stale: Bool = false
    ) {
        self.id = id
        self.balance = balance
        self.host = host
        self.port = port
        self.tls = tls
        self.websocketPort = websocketPort
        self.websocketTLS = websocketTLS
        self.name = name
        self.draining = draining
        self.stale = stale
    }

    var takesLogins: Bool { !draining && !stale && port > 0 }
}
