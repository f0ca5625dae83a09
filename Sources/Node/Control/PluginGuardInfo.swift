/// What guards do about a plugin (docs/operations.md).
public struct PluginGuardInfo: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable {
        case running
        /// It failed for many sessions and does not run.
        case quarantined
        /// Some calls are let through, to see whether it is well again.
        case probing
    }

    public var state = State.running
    /// Sessions kept from it at present, since their messages made it fail.
    public var throttledSessions = 0
    /// Calls of its handlers that were refused, or left out where its errors are skipped: for throttled sessions, and for all.
    public var refusedThrottled: UInt64 = 0
    public var refusedQuarantined: UInt64 = 0
    /// How often it was quarantined in this generation, probes that failed included.
    public var quarantines: UInt64 = 0
    /// Of the present quarantine: seconds since 1970 when it began and when the plugin is tried again, and its last failure.
    public var since: Double?
    public var until: Double?
    public var reason: String?

    public init() {}
}
