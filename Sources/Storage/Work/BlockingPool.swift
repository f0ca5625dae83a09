import Dispatch
import Foundation
import Measures

/// A few threads for what would hold up an event loop: password hashes, SQLite. The queue is bounded, so that a flood of logins is
/// answered with "try again" instead of growing without end.
public final class BlockingPool: @unchecked Sendable {
    // `condition` guards `queue`, `head`, `isOpen` and `running`; that is what makes this Sendable.
    private let condition = NSCondition()
    private let capacity: Int
    private let times = SharedHistogram()
    private var queue: [@Sendable () -> Void] = []
    private var head = 0
    private var isOpen = true
    private var running: Int

    /// - Parameters:
    ///   - threads: how many jobs run at a time; at least 1.
    ///   - capacity: how many wait at most; at least 1.
    public init(threads: Int, capacity: Int) {
        let threads = max(1, threads)
        self.capacity = max(1, capacity)
        running = threads
        for number in 0..<threads {
            let thread = Thread { [self] in work() }
            thread.name = "hpush-pool-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Queues a job, which runs on one of the threads, jobs starting in the order they came. Never waits.
    /// - Returns: false where the queue is full or the pool shut down; the job is dropped then.
    public func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard isOpen, queue.count - head < capacity else { return false }
        queue.append(job)
        condition.signal()
        return true
    }

    /// How long somebody who logs in waits for a thread, in nanoseconds. Under a flood of logins what waited longer would be worked off for
    /// people who have given up, and nobody at all would get an answer in time.
    public static let loginPatience: UInt64 = 2_000_000_000

    /// Like `submit`, for what is asked by somebody who does not wait for ever.
    /// - Parameters:
    ///   - patience: nanoseconds until a thread takes it.
    ///   - job: told whether it comes too late.
    public func submit(patience: UInt64, _ job: @escaping @Sendable (_ isLate: Bool) -> Void) -> Bool {
        let deadline = DispatchTime.now().uptimeNanoseconds + patience
        return submit { job(DispatchTime.now().uptimeNanoseconds > deadline) }
    }

    /// Jobs that wait for a thread.
    public var waiting: Int {
        condition.lock()
        defer { condition.unlock() }
        return queue.count - head
    }

    /// How long jobs took, without what they waited for a thread.
    public var took: DurationHistogram { times.current }

    /// Takes no more jobs, runs those that wait, and returns when all threads have ended. Not to be called from a job.
    ///
    /// The threads keep the pool alive: one that is never shut down lives as long as the process.
    public func shutDown() {
        condition.lock()
        defer { condition.unlock() }
        isOpen = false
        condition.broadcast()
        while running > 0 { condition.wait() }
    }

    private func work() {
        while let job = next() {
            let start = ContinuousClock.now
            job()
            times.add(start.duration(to: .now))
        }
        condition.lock()
        running -= 1
        condition.broadcast()
        condition.unlock()
    }

    private func next() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while head == queue.count {
            guard isOpen else { return nil }
            condition.wait()
        }
        let job = queue[head]
        head += 1
        // Spent slots go in one stroke, and at the latest when they outnumber the waiting jobs.
        if head * 2 >= queue.count {
            queue.removeFirst(head)
            head = 0
        }
        return job
    }
}
