import Synchronization

/// Gathers some answers that come on any thread and hands them on when the last one is there.
final class Gathering: Sendable {
    private let state: Mutex<(answers: [Bool], left: Int)>
    private let done: @Sendable ([Bool]) -> Void

    init(_ count: Int, done: @escaping @Sendable ([Bool]) -> Void) {
        state = Mutex(([Bool](repeating: false, count: count), count))
        self.done = done
        if count == 0 { done([]) }
    }

    func add(_ answer: Bool, at index: Int) {
        let all = state.withLock { state -> [Bool]? in
            state.answers[index] = answer
            state.left -= 1
            return state.left == 0 ? state.answers : nil
        }
        if let all { done(all) }
    }
}
