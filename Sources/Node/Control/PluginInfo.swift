/// The plugins in force, in pipeline order (`GET /v1/plugins`, `hpush plugin list`).
public struct PluginListing: Codable, Sendable {
    public var generation: UInt64
    /// Seconds since 1970 at which it came into force.
    public var since: Double
    /// Whether the files differ from what runs.
    public var filesDiffer: Bool
    public var plugins: [PluginInfo]
}

public struct PluginInfo: Codable, Sendable {
    public var name: String
    public var version: String?
    public var file: String
    public var needs: [String]
    public var handlers: [HandlerInfo]
}

/// One handler's numbers over all loops and workers since its generation began.
public struct HandlerInfo: Codable, Sendable {
    /// "inbound.message_request"
    public var name: String
    public var calls: UInt64
    public var errors: UInt64
    public var budgetKills: UInt64
    /// Calls that were timed (one in 64, of offload functions each), and what they took without waiting.
    public var timedCalls: UInt64
    public var timedSeconds: Double
    /// Of the timed calls, in microseconds; nil before the first.
    public var p50Microseconds: Double?
    public var p99Microseconds: Double?
    public var allocatedBytes: UInt64
}
