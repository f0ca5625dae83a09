extension BlockingPool {
    /// The pool had no room for a job.
    public struct Full: Error, CustomStringConvertible {
        public var description: String { "too much work is waiting, try again" }
    }

    /// Runs `job` on a thread of the pool and suspends the caller meanwhile. Throws `Full` where the pool takes no job.
    public func run<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = submit { continuation.resume(with: Result { try job() }) }
            if !accepted { continuation.resume(throwing: Full()) }
        }
    }
}
