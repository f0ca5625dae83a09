/// A reload or rollback, done or refused (`GET /v1/dashboard`).
public struct RuleChange: Codable, Sendable, Equatable {
    public enum Result: String, Codable, Sendable { case switched, failed }

    /// Seconds since 1970.
    public var time: Double
    /// `admin`, `signal`, `watch`, `rollback`, `auto_rollback`.
    public var by: String
    public var result: Result
    /// The generation in force after it.
    public var generation: UInt64
    public var rulesOf: UInt64?
    /// The longest time a loop stood still.
    public var pauseMicroseconds: Double?

    // Of one that failed.

    public var plugin: String?
    public var file: String?
    public var line: Int?
    /// What is wrong there.
    public var message: String?
}
