import Glibc

/// One thread for what blocks and must not touch an event loop: loading generations and freeing old ones, in the order it is given.
///
/// One and the same for all, so that what a generation takes from the heap goes back where it came from. It starts with its first work.
final class ControlThread: @unchecked Sendable {
    private let name: String
    private let monitor = Monitor()
    // Under the monitor.
    private var work: [@Sendable () -> Void] = []
    private var thread: pthread_t?
    private var ended = false

    init(named name: String) { self.name = name }

    /// Any thread.
    /// - Returns: false when it has ended: the work will not run.
    @discardableResult
    func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        monitor.locked {
            if ended { return false }
            if thread == nil {
                thread = Thread.joinable(named: name) { self.serve() }
                if thread == nil { return false }
            }
            work.append(body)
            monitor.wake()
            return true
        }
    }

    /// Takes nothing more and waits until what was given is done.
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
        while let body = next() { body() }
    }

    private func next() -> (@Sendable () -> Void)? {
        monitor.locked {
            while work.isEmpty, !ended { monitor.wait() }
            return work.isEmpty ? nil : work.removeFirst()
        }
    }
}
