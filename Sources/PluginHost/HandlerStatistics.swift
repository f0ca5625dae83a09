import CPluginBridge

/// What one handler did on one loop since its generation began there.
public struct HandlerStatistics: Sendable, Equatable {
    /// "inbound.message_request", "events.session_open", "timers.1", "spawn".
    public var name: String
    public var calls: UInt64
    public var errors: UInt64
    public var budgetKills: UInt64
    /// Bytes allocated while it ran.
    public var allocatedBytes: UInt64
    /// In how many pieces.
    public var allocations: UInt64
    /// Calls that were timed (one in 64, of offload functions each), their nanoseconds without what they waited, and their number by
    /// floor(log2(nanoseconds)).
    public var timedCalls: UInt64
    public var timedNanoseconds: UInt64
    public var timeBuckets: [UInt64]

    init(name: String, _ stats: hp_handler_stats) {
        self.name = name
        calls = stats.calls
        errors = stats.errors
        budgetKills = stats.budget_kills
        allocatedBytes = stats.allocated
        allocations = stats.allocations
        timedCalls = stats.timed
        timedNanoseconds = stats.timed_ns
        timeBuckets = withUnsafeBytes(of: stats.buckets) { Array($0.bindMemory(to: UInt64.self)) }
    }

    /// Adds another loop's numbers of the same handler.
    public mutating func add(_ other: HandlerStatistics) {
        calls += other.calls
        errors += other.errors
        budgetKills += other.budgetKills
        allocatedBytes += other.allocatedBytes
        allocations += other.allocations
        timedCalls += other.timedCalls
        timedNanoseconds += other.timedNanoseconds
        for index in timeBuckets.indices where index < other.timeBuckets.count { timeBuckets[index] += other.timeBuckets[index] }
    }

    /// Time of all timed calls together, in seconds; what they waited is not in it.
    public var timedSeconds: Double { Double(timedNanoseconds) / 1e9 }

    /// Time below which a share of the timed calls took, in microseconds: the upper end of its bucket, a power of two of nanoseconds.
    /// nil before the first timed call.
    public func microseconds(quantile: Double) -> Double? {
        Self.microseconds(quantile: quantile, in: timeBuckets)
    }

    /// The same for numbers of calls by floor(log2(nanoseconds)).
    public static func microseconds(quantile: Double, in buckets: [UInt64]) -> Double? {
        let timed = buckets.reduce(0, +)
        guard timed > 0 else { return nil }
        let wanted = Double(timed) * quantile
        var seen = 0.0
        for (bucket, count) in buckets.enumerated() {
            seen += Double(count)
            if seen >= wanted { return Double(UInt64(2) << UInt64(bucket)) / 1000 }
        }
        return nil
    }
}

extension [HandlerStatistics] {
    /// Adds another state's numbers of the same plugin. They are told by name: states may list them in another order.
    public mutating func merge(_ other: [HandlerStatistics]) {
        if isEmpty { return self = other }
        for (index, handler) in other.enumerated() {
            let sameIndex = index < count && self[index].name == handler.name ? index : nil
            if let place = sameIndex ?? firstIndex(where: { $0.name == handler.name }) {
                self[place].add(handler)
            } else {
                append(handler)
            }
        }
    }
}
