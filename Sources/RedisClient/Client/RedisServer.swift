/// A server the client is connected to.
public struct RedisServer: Sendable, Hashable {
    /// Compared with the server the client was connected to before (in a Redis Cluster: under this address).
    public enum Change: Sendable {
        /// There was none before.
        case first
        /// The same process: what it held, it still holds.
        case same
        /// Another process (restarted, or failed over), or one that does not say: it may hold less than the one before, or nothing.
        case other
    }

    public var address: RedisAddress
    public var version: String
    /// 2 or 3.
    public var protocolVersion: Int
    /// `standalone`, `cluster` or `sentinel`; empty for servers that do not say.
    public var mode: String
    /// `master` or `replica`; empty for servers that do not say.
    public var role: String
    /// New at each start of the server; nil where the user may not ask (`INFO`).
    public var runID: String?
    /// The connection's number at the server; nil for servers that do not say.
    public var clientID: Int?
    public var change: Change
}
