/// What stands behind the addresses.
public enum RedisDeployment: Sendable, Hashable {
    /// One server.
    case single(RedisAddress)
    /// Sentinels, which know the address of the master called `master`.
    case sentinel([RedisAddress], master: String)
    /// Some nodes of a Redis Cluster; the others are found by asking.
    case cluster([RedisAddress])
}
