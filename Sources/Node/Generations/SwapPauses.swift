/// How long a loop stood still for switches, tried or done: from before the first `save` until it went on.
struct SwapPauses: Sendable, Equatable {
    /// Upper ends in nanoseconds; one more bucket takes the rest.
    static let bounds: [UInt64] = [
        50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
    ]

    private(set) var buckets = [UInt64](repeating: 0, count: bounds.count + 1)
    private(set) var count: UInt64 = 0
    private(set) var nanoseconds: UInt64 = 0
    private(set) var longest: UInt64 = 0

    mutating func add(_ pause: UInt64) {
        buckets[Self.bounds.firstIndex { pause <= $0 } ?? Self.bounds.count] += 1
        count += 1
        nanoseconds += pause
        longest = max(longest, pause)
    }
}
