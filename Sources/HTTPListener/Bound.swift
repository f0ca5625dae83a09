import Synchronization

/// The listener's address, for those who wait for it. Settled once.
final class Bound: Sendable {
    typealias Outcome = Result<ListenAddress, ListenError>

    private struct State {
        var outcome: Outcome?
        var waiting: [CheckedContinuation<Outcome, Never>] = []
    }

    private let state = Mutex(State())

    /// The first call counts.
    func finish(_ outcome: Outcome) {
        let waiting = state.withLock { state in
            guard state.outcome == nil else { return [CheckedContinuation<Outcome, Never>]() }
            state.outcome = outcome
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
    }

    /// The address if the listener has one by now.
    var current: ListenAddress? { state.withLock { try? $0.outcome?.get() } }

    var value: ListenAddress {
        get async throws(ListenError) {
            let outcome: Outcome = await withCheckedContinuation { continuation in
                let settled = state.withLock { state in
                    if state.outcome == nil { state.waiting.append(continuation) }
                    return state.outcome
                }
                if let settled { continuation.resume(returning: settled) }
            }
            return try outcome.get()
        }
    }
}
