/// What is no longer to be read from a cache (client-side caching).
public enum RedisInvalidation: Sendable, Hashable {
    /// These keys changed, or the server does not watch them any more.
    case keys([[UInt8]])
    /// Anything may have changed: the server was emptied, or a connection was lost and changes went by unseen.
    case everything
}
