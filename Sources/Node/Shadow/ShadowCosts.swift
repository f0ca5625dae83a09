import PluginHost

/// Times of messages by floor(log2(nanoseconds)), as of handlers.
struct ShadowCosts: Sendable {
    private(set) var buckets = [UInt64](repeating: 0, count: 36)
    private(set) var total: UInt64 = 0

    mutating func add(_ nanoseconds: UInt64) {
        total += nanoseconds
        let bucket = nanoseconds == 0 ? 0 : 63 - nanoseconds.leadingZeroBitCount
        buckets[min(bucket, buckets.count - 1)] += 1
    }

    func microseconds(_ quantile: Double) -> Double? { HandlerStatistics.microseconds(quantile: quantile, in: buckets) }
}
