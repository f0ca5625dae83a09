/// What a node did in two seconds of the last minutes: rates are per second.
public struct ActivityPoint: Codable, Sendable, Equatable {
    /// Grows by one with each point since the node began.
    public var number: UInt64
    /// Seconds since 1970, at its end.
    public var time: Double
    /// What it really spans, in seconds: a node that is held up spans more.
    public var seconds: Double

    // Rates.

    public var messagesReceived: Double
    public var messagesDelivered: Double
    public var messagesForwarded: Double
    public var messagesRefused: Double
    public var loginsAccepted: Double
    public var loginsRefused: Double
    public var bytesReceived: Double
    public var bytesSent: Double
    public var storeWrites: Double
    public var pluginFailures: Double

    // Levels at its end.

    public var connections: Int
    public var sessions: Int
    public var bytesWaiting: Int
    public var residentBytes: UInt64

    // Latencies, in milliseconds.

    /// The longest turn of any loop.
    public var longestTick: Double
    /// 99 % of the loops' turns were shorter; nil where there were none.
    public var tickP99: Double?
    /// Of commits of the message store; nil where there were none.
    public var commitP50: Double?
    public var commitP99: Double?
}
