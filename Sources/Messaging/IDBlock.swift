/// Ids that were reserved together, such as by one INCRBY, and are given one by one. The owner asks for the next block early, so that
/// nobody waits for it.
public struct IDBlock: Sendable, Hashable {
    private var next: UInt64
    private let end: UInt64
    private let size: UInt64

    /// - Parameters:
    ///   - last: the highest id of the block, as INCRBY answers it.
    ///   - count: how many there are, up to `last`.
    public init(upTo last: UInt64, count: UInt64) {
        size = min(count, last)
        end = last
        next = last - size
    }

    /// Ids left.
    public var left: UInt64 { end - next }
    /// Whether it is time to ask for another: less than a quarter is left.
    public var isLow: Bool { left < (size + 3) / 4 }

    /// nil when all are given.
    public mutating func take() -> UInt64? {
        guard next < end else { return nil }
        next += 1
        return next
    }
}
