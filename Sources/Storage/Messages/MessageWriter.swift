import Foundation
import Measures

/// Group commit: one thread gathers what many sessions have stored into one transaction, so that they share one sync of the disk, and answers
/// after it. While one transaction is under way the next one gathers.
///
/// A batch that fails is answered with its error, each write of it; the next batch tries again. One that the store refuses for a write in it is
/// committed in halves, until only that write has failed.
public final class MessageWriter: @unchecked Sendable {
    // `condition` guards everything below it; that is what makes this Sendable.
    public typealias Answer = @Sendable (Result<StoreOutcome, any Error>) -> Void

    /// What it has done so far.
    public struct Report: Sendable {
        public var commits: UInt64 = 0
        public var writes: UInt64 = 0
        public var failures: UInt64 = 0
        /// Writes that the store refused for what they are.
        public var refused: UInt64 = 0
        /// Of all commits together.
        public var seconds: Double = 0
        /// How long commits took, those that failed too.
        public var took = DurationHistogram()
        public var waiting = 0
        /// Of the last commit; nil: it succeeded.
        public var failure: String?

        public init() {}
    }

    private let store: any MessageStore
    private let capacity: Int
    private let most: Int
    private let condition = NSCondition()
    private var queue: [(StoreWrite, Answer)] = []
    private var isOpen = true
    private var isRunning = true
    private var report = Report()
    private let failed: @Sendable (String?) -> Void
    private let refused: @Sendable (String) -> Void
    /// A store that refuses so many writes of a batch is not well itself, and is not asked about the others one by one.
    private static let mostRefusals = 32

    /// - Parameters:
    ///   - capacity: writes that wait at most.
    ///   - most: writes in one transaction.
    ///   - failed: told when commits begin to fail (why) and when they succeed again (nil); on the writer's thread.
    ///   - refused: told of each write that the store refuses for what it is, and why; on the writer's thread.
    public init(
        store: any MessageStore, capacity: Int = 16_384, most: Int = 1024, failed: @escaping @Sendable (String?) -> Void = { _ in },
        refused: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.store = store
        self.capacity = capacity
        self.most = most
        self.failed = failed
        self.refused = refused
        let thread = Thread { [self] in work() }
        thread.name = "hpush-writer"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Queues a write. `answer` is called once, on the writer's thread, when it is on the disk or failed. Never waits.
    /// - Returns: false when too much waits already; `answer` is not called then.
    public func submit(_ write: StoreWrite, _ answer: @escaping Answer) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard isOpen, queue.count < capacity else { return false }
        queue.append((write, answer))
        if queue.count == 1 { condition.signal() }
        return true
    }

    public var current: Report {
        condition.lock()
        defer { condition.unlock() }
        var report = report
        report.waiting = queue.count
        return report
    }

    /// Writes what waits and returns when that is done. Not to be called from an answer.
    public func shutDown() {
        condition.lock()
        defer { condition.unlock() }
        isOpen = false
        condition.broadcast()
        while isRunning { condition.wait() }
    }

    private func work() {
        while let batch = next() { write(batch) }
        condition.lock()
        isRunning = false
        condition.broadcast()
        condition.unlock()
    }

    private func next() -> [(StoreWrite, Answer)]? {
        condition.lock()
        defer { condition.unlock() }
        while queue.isEmpty {
            guard isOpen else { return nil }
            condition.wait()
        }
        if queue.count <= most {
            defer { queue = [] }
            return queue
        }
        let batch = Array(queue[..<most])
        queue.removeFirst(most)
        return batch
    }

    private func write(_ batch: [(StoreWrite, Answer)]) {
        var refusals = 0
        write(batch[...], &refusals)
    }

    /// - Parameter refusals: writes of the whole batch that were refused so far.
    private func write(_ part: ArraySlice<(StoreWrite, Answer)>, _ refusals: inout Int) {
        let start = ContinuousClock.now
        let result = Result { try store.commit(part.map(\.0)) }
        if case .failure(let error as MessageStoreError) = result, error.isRefusal, refusals < Self.mostRefusals {
            guard part.count > 1 else {
                refusals += 1
                noteRefusal("\(error)")
                for entry in part { entry.1(.failure(error)) }
                return
            }
            let middle = part.startIndex + part.count / 2
            write(part[..<middle], &refusals)
            return write(part[middle...], &refusals)
        }
        note(part.count, result, start.duration(to: .now))
        switch result {
        case .success(let outcomes):
            for (entry, outcome) in zip(part, outcomes) { entry.1(.success(outcome)) }
        case .failure(let error):
            for entry in part { entry.1(.failure(error)) }
        }
    }

    private func noteRefusal(_ reason: String) {
        condition.lock()
        report.refused += 1
        condition.unlock()
        refused(reason)
    }

    private func note(_ count: Int, _ result: Result<[StoreOutcome], any Error>, _ duration: Duration) {
        var reason: String?
        if case .failure(let error) = result { reason = "\(error)" }
        condition.lock()
        let changed = (report.failure == nil) != (reason == nil)
        report.failure = reason
        if reason == nil {
            report.commits += 1
            report.writes += UInt64(count)
        } else {
            report.failures += 1
        }
        report.seconds += Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        report.took.add(duration)
        condition.unlock()
        if changed { failed(reason) }
    }
}
