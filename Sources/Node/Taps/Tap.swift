import Synchronization

/// A look at running messages: what its reader holds. `end` must be called.
public struct Tap<Item: Sendable>: Sendable {
    /// What came since it was called last.
    public let take: @Sendable () -> Feed<Item>.Batch
    /// Ends it; once more does nothing. What is in the feed then is all there will be.
    public let end: @Sendable () async -> Void

    public init(_ feed: Feed<Item>, end: @escaping @Sendable () async -> Void) { self.init(feed.take, end: end) }

    public init(_ take: @escaping @Sendable () -> Feed<Item>.Batch, end: @escaping @Sendable () async -> Void) {
        self.take = take
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
