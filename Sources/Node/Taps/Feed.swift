import Synchronization

/// What loops put in and one reader takes out, bounded: what does not fit is counted, so that a slow reader costs the loops nothing.
///
/// Any thread.
public final class Feed<Item: Sendable>: Sendable {
    public struct Batch: Sendable {
        public var items: [Item]
        /// Items that did not fit since the last batch.
        public var dropped: Int
        /// Nothing will come any more.
        public var isLast: Bool
    }

    private struct State {
        var items: [Item] = []
        var bytes = 0
        var dropped = 0
        var isClosed = false
    }

    private let mostItems: Int
    private let mostBytes: Int
    private let state = Mutex(State())

    public init(mostItems: Int, mostBytes: Int) {
        self.mostItems = mostItems
        self.mostBytes = mostBytes
    }

    /// - Parameter bytes: what it counts for.
    /// - Returns: whether it was taken.
    @discardableResult
    func put(_ item: Item, bytes: Int) -> Bool {
        state.withLock { state in
            if state.isClosed { return false }
            guard state.items.count < mostItems, state.bytes + bytes <= mostBytes else {
                state.dropped += 1
                return false
            }
            state.items.append(item)
            state.bytes += bytes
            return true
        }
    }

    public func take() -> Batch {
        state.withLock { state in
            defer {
                state.items = []
                state.bytes = 0
                state.dropped = 0
            }
            return Batch(items: state.items, dropped: state.dropped, isLast: state.isClosed)
        }
    }

    /// Takes nothing any more; what is there can still be taken.
    func close() { state.withLock { $0.isClosed = true } }
}
