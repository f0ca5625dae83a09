/// How often something took how long: counts by bucket, as Prometheus' histograms have them.
///
/// A value; whoever holds it says on which threads.
public struct DurationHistogram: Sendable, Equatable {
    /// Upper ends of the buckets in nanoseconds, ascending: 100 us to 10 s. What takes longer falls into one bucket more.
    public static let nanoseconds: [UInt64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000, 1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    /// Buckets, the one without an end too.
    public static let size = nanoseconds.count + 1

    /// By bucket, each its own.
    public private(set) var counts: [UInt64]
    /// Of all together.
    public private(set) var total: UInt64

    public init() { self.init(counts: [UInt64](repeating: 0, count: Self.size), total: 0) }

    /// - Parameters:
    ///   - counts: as many as there are buckets.
    ///   - total: nanoseconds.
    public init(counts: [UInt64], total: UInt64) {
        self.counts = counts
        self.total = total
    }

    public static func bucket(of nanoseconds: UInt64) -> Int {
        // Most of what is timed is short.
        Self.nanoseconds.firstIndex { nanoseconds <= $0 } ?? Self.nanoseconds.count
    }

    public mutating func add(nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)] += 1
        total &+= nanoseconds
    }

    public mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        add(nanoseconds: UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000))
    }

    public mutating func add(_ other: DurationHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        total &+= other.total
    }

    /// What came since an older copy.
    public func since(_ older: DurationHistogram) -> DurationHistogram {
        DurationHistogram(
            counts: zip(counts, older.counts).map { $0 >= $1 ? $0 - $1 : 0 }, total: total >= older.total ? total - older.total : 0)
    }

    public var count: UInt64 { counts.reduce(0, +) }
    public var seconds: Double { Double(total) / 1e9 }

    /// Upper ends in seconds.
    public static var bounds: [Double] { nanoseconds.map { Double($0) / 1e9 } }

    /// Seconds, interpolated in the bucket as Prometheus does; the last end where it is beyond all. nil before the first.
    public func quantile(_ quantile: Double) -> Double? {
        let count = self.count
        guard count > 0 else { return nil }
        let rank = quantile * Double(count)
        var before = 0.0
        for (index, own) in counts.enumerated() {
            let own = Double(own)
            guard index < Self.nanoseconds.count else { break }
            if own > 0, before + own >= rank {
                let low = index == 0 ? 0 : Double(Self.nanoseconds[index - 1])
                return (low + (Double(Self.nanoseconds[index]) - low) * (rank - before) / own) / 1e9
            }
            before += own
        }
        return Self.nanoseconds.last.map { Double($0) / 1e9 }
    }
}
