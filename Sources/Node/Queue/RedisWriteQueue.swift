import Dispatch
import Foundation
import Logging
import RedisClient
import Storage
import Synchronization

/// `queue.driver: redis`: a Redis Stream with a consumer group, from which a few workers write to the store in batches.
///
/// What Redis does not take goes straight to the store, so that a Redis that is away costs nothing but the batching. What it took and lost is
/// put again by the node that put it, as long as that runs. A node's own writes are answered (`done`) when they are in the store, whoever
/// wrote them there.
final class RedisWriteQueue: WriteQueue {
    struct Waiting {
        var write: QueuedWrite
        var done: @Sendable (Bool) -> Void
        /// nil as long as Redis has not said.
        var id: StreamEntry.ID?
        var since: DispatchTime
    }

    private struct State {
        var isOpen = true
        var next: UInt64 = 0
        /// By their number in `ref`.
        var waiting: [UInt64: Waiting] = [:]
        var report = QueueReport()
        var tasks: [Task<Void, Never>] = []
    }

    static let group = "hpush"
    static let workerCount = 2

    let key: String
    /// Where entries end that can never be written.
    var deadKey: String { key + ":dead" }
    /// Whether other nodes write from this stream, too.
    let isShared: Bool
    let name: String
    let sink: QueueSink
    let connections: QueueConnections
    let logger: Logger
    /// Which process an entry came from.
    private let origin = String(UInt64.random(in: 1 ... .max), radix: 36)
    private let state = Mutex(State())

    /// Connects and starts the workers; a Redis that is away is no error.
    /// - Parameters:
    ///   - key: of the stream; nodes that share a store share it.
    ///   - name: the node's, unique among them.
    /// - Throws: one line that says what is wrong with the URL.
    init(url: String, key: String, isShared: Bool, name: String, sink: QueueSink, logger: Logger) throws {
        self.key = key
        self.isShared = isShared
        self.name = name
        self.sink = sink
        self.logger = logger
        connections = try QueueConnections(url: url, name: name, workers: Self.workerCount, logger: logger)
        let workers = (0..<Self.workerCount).map { QueueWorker(self, number: $0) }
        let keeper = QueueKeeper(self)
        let tasks = workers.map { worker in Task { await worker.run() } } + [Task { await keeper.run() }]
        state.withLock { $0.tasks = tasks }
    }

    var isOpen: Bool { state.withLock(\.isOpen) }

    var report: QueueReport? { state.withLock(\.report) }

    func note(_ change: (inout QueueReport) -> Void) { state.withLock { change(&$0.report) } }

    func put(_ write: QueuedWrite, done: @escaping @Sendable (Bool) -> Void) {
        let number = state.withLock { state -> UInt64? in
            guard state.isOpen, state.report.isUp else { return nil }
            state.next += 1
            state.waiting[state.next] = Waiting(write: write, done: done, since: .now())
            return state.next
        }
        guard let number else { return straight(write, done) }
        var command = RedisCommand("XADD", key, "*", "ref", "\(origin):\(number)")
        for field in write.fields {
            command.add(field.name)
            command.add(field.value)
        }
        connections.put(command) { [self] result in
            if case .success(let answer) = result, let id = answer.text.flatMap({ StreamEntry.ID($0) }) {
                state.withLock { state in
                    state.report.put += 1
                    state.waiting[number]?.id = id
                }
            } else if let waiting = take(number) {
                straight(waiting.write, waiting.done)
            }
        }
    }

    /// Past Redis.
    func straight(_ write: QueuedWrite, _ done: @escaping @Sendable (Bool) -> Void) {
        note { $0.straight += 1 }
        sink.write(write, done: done)
    }

    private func take(_ number: UInt64) -> Waiting? { state.withLock { $0.waiting.removeValue(forKey: number) } }

    /// The store has an entry.
    func written(_ entry: StreamEntry) {
        guard let parts = entry.fields["ref"]?.split(separator: ":"), parts.count == 2, parts[0] == origin, let number = UInt64(parts[1])
        else {
            return
        }
        take(number)?.done(true)
    }

    /// Own writes whose entries are gone from the stream: all below the oldest one that is left, but for new ones.
    /// - Parameter oldest: nil: the stream is empty.
    func takeGone(before oldest: StreamEntry.ID?, now: DispatchTime) -> [Waiting] {
        state.withLock { state in
            let gone = state.waiting.filter { entry in
                guard let id = entry.value.id, now.uptimeNanoseconds &- entry.value.since.uptimeNanoseconds > 5_000_000_000 else {
                    return false
                }
                return oldest.map { id < $0 } ?? true
            }
            for number in gone.keys { state.waiting[number] = nil }
            return Array(gone.values)
        }
    }

    func shutDown() {
        let tasks = state.withLock { state in
            state.isOpen = false
            return state.tasks
        }
        let done = DispatchSemaphore(value: 0)
        Task { [connections] in
            for task in tasks { task.cancel() }
            await connections.close()
            for task in tasks { await task.value }
            done.signal()
        }
        done.wait()
    }
}
