import Synchronization

/// Wakes those who wait for something to change; they look for themselves what it is.
final class Signals: Sendable {
    private struct State {
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Wakes all who wait now.
    func raise() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Waits for the next ``raise()``, but not beyond `deadline`. Call it on the actor that raises: no change is missed then.
    func wait(until deadline: ContinuousClock.Instant?, isolation: isolated (any Actor)? = #isolation) async {
        var timer: Task<Void, Never>?
        await withCheckedContinuation { continuation in
            let id = state.withLock { state in
                state.next += 1
                state.waiting[state.next] = continuation
                return state.next
            }
            guard let deadline else { return }
            timer = Task {
                guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
                state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
            }
        }
        timer?.cancel()
    }
}
