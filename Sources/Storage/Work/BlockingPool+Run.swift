extension BlockingPool {
    /// The pool had no room for a job, or no thread in time.
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

    /// Like `run`, for what is asked by somebody who does not wait for ever.
    /// - Parameter patience: nanoseconds until a thread takes it. Throws `Full` after that, too.
    public func run<Value: Sendable>(patience: UInt64, _ job: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let accepted = submit(patience: patience) { isLate in
                if isLate { continuation.resume(throwing: Full()) } else { continuation.resume(with: Result { try job() }) }
            }
            if !accepted { continuation.resume(throwing: Full()) }
        }
    }
}
