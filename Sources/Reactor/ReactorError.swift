import CReactor
import Glibc

/// A system call that the reactor needs failed. One line, names what and where.
public struct ReactorError: Error, Equatable, CustomStringConvertible {
    /// What was tried, for example `listen on 0.0.0.0:7000`.
    public let operation: String
    /// The errno, as a positive number.
    public let code: Int32
    /// The reason in words.
    public let reason: String

    public var description: String { "cannot \(operation): \(reason)" }

    init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = abs(code)
        self.reason = String(cString: strerror(abs(code)))
    }

    init(_ operation: String, resolving code: Int32) {
        self.operation = operation
        self.code = EADDRNOTAVAIL
        self.reason = String(cString: creactor_resolve_message(code))
    }
}
