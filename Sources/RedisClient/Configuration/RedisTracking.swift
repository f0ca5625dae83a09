/// Client-side caching: what the server tells about changes (`CLIENT TRACKING`).
public struct RedisTracking: Sendable, Hashable {
    public enum Mode: Sendable, Hashable {
        /// Keys this client has read, once, until read again.
        case keysRead
        /// All keys that begin with one of the prefixes; none: all keys.
        case broadcast(prefixes: [String])
    }

    public var mode: Mode
    /// Changes made by this client's own connection are not told.
    public var noLoop: Bool

    public init(_ mode: Mode = .keysRead, noLoop: Bool = false) {
        self.mode = mode
        self.noLoop = noLoop
    }
}
