import Foundation

/// Calls that wait for a worker thread, and those threads: one is started when a call finds none idle, up to a number. Any thread.
final class OffloadQueue: @unchecked Sendable {
    // `condition` guards all that follows; that is what makes this Sendable.
    private let condition = NSCondition()
    private let threads: Int
    private let capacity: Int
    private let byteCapacity: Int
    private let work: @Sendable (_ worker: Int, _ next: () -> OffloadCall?) -> Void
    private var queue: [OffloadCall] = []
    private var head = 0
    private var bytes = 0
    private var started = 0
    private var idle = 0
    private var isOpen = true

    /// - Parameter work: what a thread does, given its number: takes calls until there is none any more.
    init(threads: Int, capacity: Int, byteCapacity: Int, work: @escaping @Sendable (_ worker: Int, _ next: () -> OffloadCall?) -> Void) {
        self.threads = max(threads, 1)
        self.capacity = capacity
        self.byteCapacity = byteCapacity
        self.work = work
    }

    var waiting: Int {
        condition.lock()
        defer { condition.unlock() }
        return queue.count - head
    }

    /// False where too much waits, or after `close`. Never waits.
    func submit(_ call: OffloadCall) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard isOpen, queue.count - head < capacity, bytes + call.arguments.count <= byteCapacity else { return false }
        queue.append(call)
        bytes += call.arguments.count
        if queue.count - head > idle, started < threads { startThread() } else { condition.signal() }
        return true
    }

    /// Drops what waits and lets the threads end, after the calls they are at. Never waits.
    func close() {
        condition.lock()
        defer { condition.unlock() }
        isOpen = false
        queue = []
        head = 0
        condition.broadcast()
    }

    private func startThread() {
        let number = started
        started += 1
        let thread = Thread { [self] in work(number) { next() } }
        thread.name = "hpush-offload-\(number)"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// nil: the thread is to end.
    private func next() -> OffloadCall? {
        condition.lock()
        defer { condition.unlock() }
        while isOpen, head == queue.count {
            idle += 1
            condition.wait()
            idle -= 1
        }
        guard isOpen else { return nil }
        let call = queue[head]
        head += 1
        bytes -= call.arguments.count
        // Spent places go in one stroke, at the latest when they outnumber the waiting calls.
        if head * 2 >= queue.count {
            queue.removeFirst(head)
            head = 0
        }
        return call
    }
}
