import Synchronization

/// Ids that grow with time and are unique in a cluster: 41 bits of milliseconds since 2024, 10 of the worker, 12 of a number within the
/// millisecond. Any thread.
public final class SnowflakeGenerator: Sendable {
    /// 2024-01-01T00:00:00Z, in milliseconds since 1970.
    public static let epoch: UInt64 = 1_704_067_200_000

    private struct State {
        var last: UInt64 = 0
    }

    private let worker: UInt64
    private let state = Mutex(State())

    /// - Parameter worker: 0 to 1023.
    public init(worker: Int) { self.worker = UInt64(worker & 0x3ff) }

    /// - Parameter now: milliseconds since 1970. When the clock goes back, ids go on from the latest: still unique, a little ahead of it.
    public func next(now: UInt64) -> UInt64 {
        state.withLock { state in
            let earliest = (now &- min(now, Self.epoch)) << 12
            state.last = max(earliest, state.last + 1)
            return (state.last >> 12) << 22 | worker << 12 | (state.last & 0xfff)
        }
    }
}
