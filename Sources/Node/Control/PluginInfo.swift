/// The plugins in force, in pipeline order (`GET /v1/plugins`, `hpush plugin list`).
public struct PluginListing: Codable, Sendable {
    public var generation: UInt64
    /// Whose rules they are: its own, or an older generation's after a rollback.
    public var rulesOf: UInt64
    /// Seconds since 1970 at which it came into force.
    public var since: Double
    /// Whether the files (plugins, their settings in the configuration, files that these name) differ from what runs.
    public var filesDiffer: Bool
    /// The bundle of rules that was pushed to the node and is read instead of `plugins.path`; nil: none.
    public var pushed: String?
    /// How many rollbacks in a row are possible.
    public var rollbacks: Int
    /// Handlers that wait in the generation in force.
    public var waiting: Int
    /// Handlers that still finish in generations that are not in force any more, by generation.
    public var finishing: [FinishingGeneration]
    public var plugins: [PluginInfo]
}

public struct FinishingGeneration: Codable, Sendable {
    public var generation: UInt64
    public var handlers: Int
}

public struct PluginInfo: Codable, Sendable {
    public var name: String
    public var version: String?
    public var file: String
    public var needs: [String]
    public var guards = PluginGuardInfo()
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
    /// The timed calls by floor(log2(nanoseconds)), zeros at the end left out.
    public var timeBuckets: [UInt64]
    /// Of the timed calls, in microseconds; nil before the first.
    public var p50Microseconds: Double?
    public var p99Microseconds: Double?
    public var allocatedBytes: UInt64
}
