import Synchronization

/// A histogram that any thread may add to and read.
public final class SharedHistogram: Sendable {
    private let histogram = Mutex(DurationHistogram())

    public init() {}

    public func add(_ duration: Duration) { histogram.withLock { $0.add(duration) } }

    public func add(nanoseconds: UInt64) { histogram.withLock { $0.add(nanoseconds: nanoseconds) } }

    public var current: DurationHistogram { histogram.withLock { $0 } }
}
