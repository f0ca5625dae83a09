/// What a hash costs: `2^exponent * blockSize * 128` bytes of memory and time in proportion.
public struct ScryptCost: Sendable, Hashable {
    /// N is 2 to this power.
    public var exponent: Int
    /// r
    public var blockSize: Int
    /// p
    public var parallelism: Int

    /// Nil out of bounds (exponent 1 to 20, block size 1 to 32, parallelism 1 to 16, 256 MiB), so that a stored hash that somebody
    /// tampered with cannot take the machine's memory.
    public init?(exponent: Int, blockSize: Int, parallelism: Int) {
        guard (1...20).contains(exponent), (1...32).contains(blockSize), (1...16).contains(parallelism) else { return nil }
        guard blockSize << exponent <= Self.mostMemory / 128 else { return nil }
        self.init(unchecked: exponent, blockSize, parallelism)
    }

    private static let mostMemory = 256 << 20

    private init(unchecked exponent: Int, _ blockSize: Int, _ parallelism: Int) {
        self.exponent = exponent
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// 16 MiB and about 50 ms.
    public static let standard = ScryptCost(unchecked: 14, 8, 1)
    /// For tests: no protection.
    public static let trivial = ScryptCost(unchecked: 2, 1, 1)
}
