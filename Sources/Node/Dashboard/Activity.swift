import Synchronization

/// The last minutes of a node, a point every two seconds, so that who looks after an incident still sees it. Any thread.
final class Activity: Sendable {
    private struct State {
        var next: UInt64 = 1
        var last: ActivityCounts?
        var points: [ActivityPoint] = []
        /// What was counted at each of them.
        var outcomes: [[UInt64]] = []
        /// By loop: the longest turn since a scrape asked, in nanoseconds.
        var longest: [Int] = []
    }

    static let seconds = 2.0
    /// Five minutes.
    static let most = 150

    private let state = Mutex(State())

    /// - Parameters:
    ///   - longest: by loop, the longest turn since the last time, in nanoseconds.
    ///   - time: seconds since 1970.
    func add(_ counts: ActivityCounts, longest: [Int], time: Double) {
        state.withLock { state in
            while state.longest.count < longest.count { state.longest.append(0) }
            for (loop, longest) in longest.enumerated() { state.longest[loop] = max(state.longest[loop], longest) }
            if let last = state.last {
                state.points.append(ActivityPoint(state.next, from: last, to: counts, time: time))
                state.outcomes.append(last.statistics.outcomes.map(\.count))
                state.next += 1
            }
            state.last = counts
            if state.points.count > Self.most {
                state.points.removeFirst()
                state.outcomes.removeFirst()
            }
        }
    }

    /// Those with a larger number, oldest first.
    func points(after number: UInt64) -> [ActivityPoint] { state.withLock { $0.points.filter { $0.number > number } } }

    func outcomes(_ now: LoopStatistics) -> [Outcome] {
        let before = state.withLock { $0.outcomes.first }
        return now.outcomes.enumerated().map { index, outcome in
            let old = before.map { $0[index] } ?? 0
            return Outcome(kind: outcome.kind, name: outcome.name, recent: outcome.count - min(old, outcome.count), total: outcome.count)
        }
    }

    /// By loop, since it was asked last; for scrapes.
    func takeLongest() -> [Int] {
        state.withLock { state in
            defer { state.longest = [] }
            return state.longest
        }
    }
}
