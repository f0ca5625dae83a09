import Synchronization

/// A task that waits for one answer. The first one counts; cancelling is one, too.
final class Waiter<Value: Sendable>: Sendable {
    private enum State {
        case new
        case waiting(CheckedContinuation<Value, any Error>)
        case ended(Result<Value, RedisError>?)
    }

    private let state = Mutex<State>(.new)

    func begin(_ continuation: CheckedContinuation<Value, any Error>) {
        let early: Result<Value, RedisError>? = state.withLock { state in
            if case .ended(let result) = state { return result }
            state = .waiting(continuation)
            return nil
        }
        if let early { continuation.resume(with: early) }
    }

    func end(_ result: Result<Value, RedisError>) {
        let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
            switch state {
            case .new:
                state = .ended(result)
                return nil
            case .waiting(let continuation):
                state = .ended(nil)
                return continuation
            case .ended: return nil
            }
        }
        continuation?.resume(with: result)
    }
}
