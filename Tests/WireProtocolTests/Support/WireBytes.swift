/// Protobuf's primitives, written by hand: the tests need encodings no library would write.
enum WireBytes {
    static func varint(_ value: UInt64, padding: Int = 0) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        for _ in 0..<min(padding, 10 - bytes.count) {
            bytes[bytes.count - 1] |= 0x80
            bytes.append(0)
        }
        return bytes
    }

    static func tag(_ number: UInt32, _ wireType: UInt32, padding: Int = 0) -> [UInt8] {
        varint(UInt64(number) << 3 | UInt64(wireType), padding: padding)
    }

    static func number(_ number: UInt32, _ value: UInt64) -> [UInt8] { tag(number, 0) + varint(value) }
    static func bytes(_ number: UInt32, _ value: [UInt8]) -> [UInt8] { tag(number, 2) + varint(UInt64(value.count)) + value }
    static func text(_ number: UInt32, _ value: String) -> [UInt8] { bytes(number, Array(value.utf8)) }
    static func group(_ number: UInt32, _ content: [UInt8]) -> [UInt8] { tag(number, 3) + content + tag(number, 4) }

    /// Cuts well-formed bytes into fields: (number, bytes with the tag).
    static func fields(_ bytes: [UInt8]) -> [(number: UInt32, bytes: [UInt8])] {
        var result: [(number: UInt32, bytes: [UInt8])] = []
        var at = 0
        while at < bytes.count {
            let start = at
            let tag = readVarint(bytes, &at)
            skip(bytes, &at, tag)
            result.append((UInt32(tag >> 3), Array(bytes[start..<at])))
        }
        return result
    }

    private static func readVarint(_ bytes: [UInt8], _ at: inout Int) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 { return value }
        }
    }

    private static func skip(_ bytes: [UInt8], _ at: inout Int, _ tag: UInt64) {
        switch tag & 7 {
        case 0: _ = readVarint(bytes, &at)
        case 1: at += 8
        case 2:
            let length = readVarint(bytes, &at)
            at += Int(length)
        case 5: at += 4
        default:
            while true {
                let inner = readVarint(bytes, &at)
                if inner & 7 == 4 { return }
                skip(bytes, &at, inner)
            }
        }
    }
}
