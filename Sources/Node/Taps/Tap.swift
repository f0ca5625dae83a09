import Synchronization

/// A look at running messages: what its reader holds. `end` must be called.
public struct Tap<Item: Sendable>: Sendable {
    public let feed: Feed<Item>
    /// Ends it; once more does nothing. What is in the feed then is all there will be.
    public let end: @Sendable () async -> Void

    public init(_ feed: Feed<Item>, end: @escaping @Sendable () async -> Void) {
        self.feed = feed
        let ended = Ended()
        self.end = {
            if ended.isFirst { await end() }
        }
    }
}

private final class Ended: Sendable {
    private let isEnded = Atomic<Bool>(false)

    /// True the first time it is asked.
    var isFirst: Bool { !isEnded.exchange(true, ordering: .relaxed) }
}
