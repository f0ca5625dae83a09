/// What a session is called outside the node: 32 hex digits. Half of it is random, half the handle under a mask of the process, so that an
/// id leads to its session without a table, and guessing one is hopeless. It is no credential.
public struct SessionID: Hashable, Sendable, CustomStringConvertible {
    public static let length = 32

    let random: UInt64
    let masked: UInt64

    private static let mask = UInt64.random(in: .min ... .max)

    public init(_ handle: SessionHandle, random: UInt64) {
        self.random = random
        masked = handle.rawValue ^ Self.mask ^ random
    }

    /// Reads 32 lower-case hex digits; nil for anything else.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == Self.length else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for (index, digit) in digits.enumerated() {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if index < 16 { halves.0 = halves.0 << 4 | UInt64(value) } else { halves.1 = halves.1 << 4 | UInt64(value) }
        }
        random = halves.0
        masked = halves.1
    }

    /// The session it would be of, if there is one.
    public var handle: SessionHandle { SessionHandle(rawValue: masked ^ Self.mask ^ random) }

    public var description: String {
        String(unsafeUninitializedCapacity: Self.length) { digits in
            for index in 0..<Self.length {
                let half = index < 16 ? random : masked
                let nibble = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (index % 16))) & 15
                digits[index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
            }
            return Self.length
        }
    }
}
