/// What a shadow found, and what it cost: the last line of its stream.
public struct ShadowSummary: Codable, Sendable {
    public var event = "summary"
    /// Messages and events that both ran, and how many of them differ.
    public var compared = 0
    public var differing = 0
    /// Not run by the candidate: over its share of the loops' time, or it did not keep up.
    public var skipped = 0
    /// Run, but not compared: the candidate called functions for which the rules in force got no answer, by function.
    public var notCompared: [String: Int] = [:]
    /// Not compared since what the rules in force did is not whole: a guard stepped in, the session ended, there were too many recipients.
    public var incomplete = 0
    /// Differences that did not fit into the stream.
    public var dropped = 0
    /// Time of a message, without waiting, in microseconds; nil before the first.
    public var p50Microseconds: Double?
    public var p99Microseconds: Double?
    public var liveP50Microseconds: Double?
    public var liveP99Microseconds: Double?
    /// Share of one loop's time that the candidate took, over all loops: 0.01 is a hundredth.
    public var loopShare = 0.0
    public var seconds = 0.0
    /// Why it ended ahead of time.
    public var reason: String?

    init() {}
}
