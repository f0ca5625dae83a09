import Synchronization

/// Ended spans until they are exported, bounded: what does not fit is counted, so that a slow collector costs nobody anything. Any thread.
public final class SpanBuffer: Sendable {
    private struct State {
        var spans: [FinishedSpan] = []
        var dropped: UInt64 = 0
        var taken: UInt64 = 0
    }

    public let most: Int
    private let state = Mutex(State())

    public init(most: Int = 8192) { self.most = most }

    func put(_ span: FinishedSpan) {
        state.withLock { state in
            guard state.spans.count < most else { return state.dropped += 1 }
            state.spans.append(span)
        }
    }

    /// The oldest ones, which are the caller's then.
    func take(_ count: Int) -> [FinishedSpan] {
        state.withLock { state in
            let batch = Array(state.spans.prefix(count))
            state.spans.removeFirst(batch.count)
            state.taken += UInt64(batch.count)
            return batch
        }
    }

    /// Spans that were taken could not be exported.
    func lost(_ count: Int) {
        state.withLock { state in
            state.taken -= min(UInt64(count), state.taken)
            state.dropped += UInt64(count)
        }
    }

    /// Spans that were exported, and that were left out.
    public var counts: (exported: UInt64, dropped: UInt64) { state.withLock { ($0.taken, $0.dropped) } }
}
