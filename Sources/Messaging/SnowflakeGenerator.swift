import Synchronization

/// Ids that grow with time and are unique in a cluster: 41 bits of milliseconds since 2024, 10 of the worker, 12 of a number within the
/// millisecond. Any thread.
public final class SnowflakeGenerator: Sendable {
    /// 2024-01-01T00:00:00Z, in milliseconds since 1970.
    public static let epoch: UInt64 = 1_704_067_200_000
    /// Worker numbers are below it.
    public static let workers = 1024

    private struct State {
        /// Milliseconds since the epoch, and the number within, in one.
        var last: UInt64
        var worker: UInt64
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - worker: 0 to 1023; no two generators that run have the same.
    ///   - start: milliseconds since 1970 from which on no id was ever given under this worker number; 0: the clock was never set back.
    public init(worker: Int, from start: UInt64 = 0) {
        state = Mutex(State(last: Self.ticks(start), worker: UInt64(worker & (Self.workers - 1))))
    }

    /// The number under which ids are given from now on.
    public var worker: Int {
        get { Int(state.withLock(\.worker)) }
        set { state.withLock { $0.worker = UInt64(newValue & (Self.workers - 1)) } }
    }

    /// - Parameter now: milliseconds since 1970. When the clock goes back, ids go on from the latest: still unique, a little ahead of it.
    public func next(now: UInt64) -> UInt64 {
        state.withLock { state in
            state.last = max(Self.ticks(now), state.last + 1)
            return (state.last >> 12) << 22 | state.worker << 12 | (state.last & 0xfff)
        }
    }

    /// Milliseconds since 1970 from which on no id was given yet.
    public var end: UInt64 { (state.withLock(\.last) >> 12) + Self.epoch + 1 }

    private static func ticks(_ now: UInt64) -> UInt64 { (now &- min(now, epoch)) << 12 }
}
