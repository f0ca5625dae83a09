import Glibc

/// A thread of its own for what blocks.
enum Thread {
    private final class Box {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    // Names say in the source what a thread is for; the system's call for them is not there for Swift.

    /// Runs `body` here where no thread can be made.
    static func detached(named name: String, _ body: @escaping @Sendable () -> Void) {
        if let thread = joinable(named: name, body) { pthread_detach(thread) } else { body() }
    }

    /// To be joined once. nil where no thread can be made: nothing runs then.
    static func joinable(named name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        if result == 0 { return thread }
        box.release()
        return nil
    }
}
