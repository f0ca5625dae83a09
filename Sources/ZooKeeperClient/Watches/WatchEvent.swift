/// What a watch tells.
public struct WatchEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case created
        case deleted
        case dataChanged
        case childrenChanged
        /// The watch was taken away by `removeWatches`; nothing follows.
        case removed
        /// The connection was lost and is back with the same session. Persistent watches only: changes made meanwhile are not told,
        /// so read anew. (One-time watches fire for what they missed.)
        case reconnected
        /// The session expired or the client was closed, and the watch is gone with it; nothing follows.
        case lost
    }

    public let kind: Kind
    /// The node as the caller names it. For `removed`, `reconnected` and `lost` the watched one.
    public let path: String

    public init(_ kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }
}

/// Told on the client's event loop.
public typealias WatchHandler = @Sendable (WatchEvent) -> Void
