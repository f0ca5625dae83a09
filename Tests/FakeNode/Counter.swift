import Synchronization

/// 1, 2, 3 ... from any thread.
public final class Counter: Sendable {
    private let value = Mutex(0)

    public init() {}

    public func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }
}
