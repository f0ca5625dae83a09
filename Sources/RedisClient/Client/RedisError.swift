/// Why a command has no answer, or the server's refusal. One line, names what and where.
public struct RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: UInt8, Sendable {
        /// The server answered with an error; `message` is its text.
        case server
        /// The connection broke, or cannot be made.
        case disconnected
        /// No answer within the command's time.
        case timedOut
        /// Too many commands wait, or too many bytes; nothing was sent.
        case queueFull
        /// The client was closed, or not started.
        case closed
        /// The task that waited was cancelled.
        case cancelled
        /// Keys of one command (or transaction) lie in different slots of a Redis Cluster.
        case crossSlot
        /// The server does not take the user, the password or the database.
        case refused
        /// What came is not the protocol, or beyond a limit.
        case malformed
        /// A setting cannot be used; the message says which.
        case configuration
        /// A transaction was given up by the server; nothing of it was carried out.
        case aborted
    }

    /// Whether the command may have changed something.
    public enum Execution: UInt8, Sendable {
        /// It was not carried out, and will not be.
        case never
        /// It was sent, and nobody knows.
        case possibly
        /// The server has answered.
        case answered
    }

    public let code: Code
    public let message: String
    public let execution: Execution

    public init(_ code: Code, _ message: String, execution: Execution = .never) {
        self.code = code
        self.message = message
        self.execution = execution
    }

    public var description: String { code == .server ? "redis: \(message)" : "redis: \(code): \(message)" }

    /// The first word of a server's error, such as `WRONGTYPE`; empty for other errors.
    public var serverCode: Substring { code == .server ? message.prefix { $0 != " " } : "" }

    /// The command is safe to repeat: nobody has carried it out.
    public var isSafeToRepeat: Bool { execution == .never }

    func with(_ execution: Execution) -> RedisError { RedisError(code, message, execution: execution) }
}
