/// Protobuf's numbers of seven bits a byte.
enum Varint {
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var value = value
        while value > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: value & 0x7f) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// nil where there is none; `position` is behind it then.
    static func read(_ bytes: some RandomAccessCollection<UInt8>, _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard position < bytes.count else { return nil }
            let byte = bytes[bytes.index(bytes.startIndex, offsetBy: position)]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
