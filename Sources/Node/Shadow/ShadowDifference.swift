import PluginRecording

/// One message for which the candidate did something else than the rules in force.
public struct ShadowDifference: Codable, Sendable {
    public struct Part: Codable, Sendable {
        /// "verdict", "delivery to bob", ...
        public var what: String
        public var was: String
        public var now: String
    }

    public var event = "difference"
    /// Seconds since 1970.
    public var time: Double
    public var number: UInt64
    public var user: String
    /// Head type in lower case, or session_open, session_close.
    public var type: String
    public var differences: [Part]

    init(time: Double, number: UInt64, user: String, type: String, _ differences: [OutcomeDifference]) {
        self.time = time
        self.number = number
        self.user = user
        self.type = type
        self.differences = differences.map { Part(what: $0.what, was: $0.was, now: $0.now) }
    }
}
