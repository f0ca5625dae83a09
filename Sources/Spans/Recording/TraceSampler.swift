/// Which messages are traced: a share of all, drawn at random. Any thread.
public struct TraceSampler: Sendable {
    private let threshold: UInt64
    /// None is.
    public let isOff: Bool

    /// - Parameter share: 0 to 1.
    public init(share: Double) {
        isOff = share <= 0
        threshold = share >= 1 ? .max : UInt64(max(share, 0) * 0x1p64)
    }

    /// - Parameter random: drawn evenly from all numbers.
    public func takes(_ random: UInt64) -> Bool { !isOff && random <= threshold }
}
