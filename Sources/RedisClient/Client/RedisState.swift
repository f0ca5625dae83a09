/// How a connection fares. In a Redis Cluster each master has its own: the address says which.
public enum RedisState: Sendable, Hashable {
    case connecting(RedisAddress)
    /// Commands are taken. `RedisServer.change` says whether what was stored before may be gone.
    case connected(RedisServer)
    /// The connection broke, or could not be made. It is tried again, later and later, until the client is closed.
    case disconnected(RedisAddress, RedisError)
}
