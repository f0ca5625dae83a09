import CWire

/// What every node of a cluster calls a message, whatever the node it came by: a keyed hash of 128 bits of what its sender calls it, so that no two
/// messages meet, and nobody who does not know the key can make them.
public struct MessageName: Sendable, Hashable {
    /// Bytes of the form in which nodes tell it each other.
    public static let byteCount = 16

    /// The key: the same on all nodes of a cluster.
    public struct Secret: Sendable {
        let low: UInt64
        let high: UInt64

        public init(_ low: UInt64, _ high: UInt64) {
            self.low = low
            self.high = high
        }

        /// For a node that stands alone, as long as it runs.
        public static func random() -> Secret { Secret(.random(in: .min ... .max), .random(in: .min ... .max)) }
    }

    let low: UInt64
    let high: UInt64

    init(hashing bytes: UnsafeRawBufferPointer, _ secret: Secret) {
        var result: (UInt64, UInt64) = (0, 0)
        withUnsafeBytes(of: (secret.low, secret.high)) { key in
            withUnsafeMutableBytes(of: &result) { result in
                guard let key = key.assumingMemoryBound(to: UInt64.self).baseAddress,
                    let result = result.assumingMemoryBound(to: UInt64.self).baseAddress
                else { return }
                hp_siphash(key, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, result)
            }
        }
        (low, high) = result
    }

    /// Reads what `write` wrote; nil if there are not so many bytes.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        low = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// - Parameter out: has room for `byteCount`.
    public func write(to out: UnsafeMutableRawPointer) {
        out.storeBytes(of: low.bigEndian, as: UInt64.self)
        out.storeBytes(of: high.bigEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// 0 and 0 for no name: where places are fixed.
    public static func fields(_ name: MessageName?) -> (UInt64, UInt64) { name.map { ($0.low, $0.high) } ?? (0, 0) }

    /// nil for 0 and 0.
    public init?(fields low: UInt64, _ high: UInt64) {
        guard low != 0 || high != 0 else { return nil }
        self.low = low
        self.high = high
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}
