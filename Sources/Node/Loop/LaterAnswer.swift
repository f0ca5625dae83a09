import Synchronization

/// An answer that somebody waits for and that may never come: then nil is it, as soon as nobody can give it any more. Any thread.
final class LaterAnswer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = Mutex(continuation) }

    /// The first one counts.
    func give(_ value: Value?) {
        let continuation = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        continuation?.resume(returning: value)
    }

    deinit { give(nil) }
}
