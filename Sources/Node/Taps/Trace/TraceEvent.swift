/// One line of a trace: a message that came in, a handler's part in it, or its end.
public struct TraceEvent: Codable, Sendable {
    public enum Kind: String, Codable, Sendable {
        /// A message begins its way.
        case message
        case handler
        /// What came of the message.
        case end
    }

    public var event: Kind
    /// Seconds since 1970.
    public var time: Double
    public var node: String
    public var loop: Int
    public var generation: UInt64
    public var user: String
    /// Empty before login.
    public var session: String
    /// "in", "out", "event", "route"
    public var direction: String
    /// Head type in lower case; for events their name.
    public var type: String
    public var sequence: UInt64

    // Of a message.
    public var to: String?
    public var bytes: Int?

    // Of a handler.
    public var plugin: String?
    /// "inbound.message_request"
    public var handler: String?
    /// Without what it waited.
    public var microseconds: Double?
    public var waitedMilliseconds: Double?
    /// Fields it has set.
    public var changed: [String]?

    // Of a handler and of an end.

    /// "next", "stop", "reject", "close", "failed", "skipped" (it failed and the message goes on), "refused" (by a guard), "cancelled" (the
    /// session ended while it waited).
    public var verdict: String?
    public var code: UInt32?
    /// What the client is told, or why it failed.
    public var info: String?

    /// What users wrote, if it was asked for: by field, the beginning of each.
    public var contents: [String: String]?
}
