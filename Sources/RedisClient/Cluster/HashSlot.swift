/// Which of the 16,384 slots of a Redis Cluster a key belongs to: CRC-16 (XMODEM) of the key, or of what stands between its first `{` and
/// the next `}`, where that is something.
public enum HashSlot {
    public static let count = 16_384

    private static let table: [UInt16] = (0..<256).map { byte in
        var crc = UInt16(byte) << 8
        for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
        return crc
    }

    public static func of(_ key: String) -> Int {
        var key = key
        return key.withUTF8 { of(UnsafeRawBufferPointer($0)) }
    }

    public static func of(_ key: [UInt8]) -> Int { key.withUnsafeBytes { of($0) } }

    public static func of(_ key: UnsafeRawBufferPointer) -> Int {
        var part = key[...]
        if let open = key.firstIndex(of: UInt8(ascii: "{")) {
            let rest = key[(open + 1)...]
            if let close = rest.firstIndex(of: UInt8(ascii: "}")), close > open + 1 { part = key[open + 1..<close] }
        }
        var crc: UInt16 = 0
        for byte in part { crc = crc << 8 ^ table[Int(UInt8(truncatingIfNeeded: crc >> 8) ^ byte)] }
        return Int(crc) % count
    }
}
