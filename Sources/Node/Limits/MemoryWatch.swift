import Dispatch
import Glibc
import Reactor

/// Looks at the process's memory a few times a second, on a thread of its own: neither a loop nor who is in a hurry waits for it.
final class MemoryWatch: @unchecked Sendable {
    // @unchecked: what is not constant is the thread's, or under the monitor.
    private static let period: UInt64 = 250_000_000
    /// While it is used up, free pages of the heap are given back so often, in periods.
    private static let givingBack = 8

    private var ceiling: MemoryCeiling
    let limit: UInt64
    private let changed: @Sendable (_ change: MemoryCeiling.Change, _ resident: UInt64) -> Void
    private let measure: @Sendable () -> UInt64
    private let monitor = Monitor()
    private var thread: pthread_t?
    private var ended = false

    /// - Parameters:
    ///   - limit: bytes.
    ///   - changed: called on the thread.
    init(
        limit: UInt64, measure: @escaping @Sendable () -> UInt64 = { ProcessMemory.resident },
        changed: @escaping @Sendable (_ change: MemoryCeiling.Change, _ resident: UInt64) -> Void
    ) {
        self.limit = limit
        ceiling = MemoryCeiling(limit: limit)
        self.measure = measure
        self.changed = changed
    }

    /// Once; any thread.
    func begin() {
        monitor.locked {
            if thread == nil, !ended { thread = Thread.joinable(named: "memory") { self.serve() } }
        }
    }

    /// Waits for the thread; any other one.
    func end() {
        let thread = monitor.locked {
            ended = true
            monitor.wake()
            defer { self.thread = nil }
            return self.thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    private func serve() {
        var periods = 0
        while goesOn() {
            let resident = measure()
            if let change = ceiling.measured(resident) {
                periods = 0
                changed(change, resident)
            }
            guard ceiling.isUsedUp else { continue }
            // What was freed still counts as resident until the allocator lets go of it.
            if periods.isMultiple(of: Self.givingBack) { HeapMemory.giveBack() }
            periods += 1
        }
    }

    private func goesOn() -> Bool {
        monitor.locked {
            let next = DispatchTime.now().uptimeNanoseconds + Self.period
            while !ended, monitor.wait(until: next) {}
            return !ended
        }
    }
}
