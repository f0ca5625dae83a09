/// Writes one JSON text, piece by piece. Made for a node that writes many lines: nothing is kept but the bytes.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func beginObject() { begin(UInt8(ascii: "{")) }
    mutating func endObject() { end(UInt8(ascii: "}")) }
    mutating func beginArray() { begin(UInt8(ascii: "[")) }
    mutating func endArray() { end(UInt8(ascii: "]")) }

    private mutating func begin(_ byte: UInt8) {
        comma()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func end(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func null() { raw("null") }
    mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }
    mutating func integer(_ value: some BinaryInteger) { raw("\(value)") }

    /// What is no number of JSON (infinite, not a number) becomes null.
    mutating func number(_ value: Double) { raw(value.isFinite ? "\(value)" : "null") }

    private mutating func raw(_ text: String) {
        comma()
        bytes.append(contentsOf: text.utf8)
    }

    mutating func string(_ text: String) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 10: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case ..<0x20:
                bytes += "\\u00".utf8
                bytes += [Self.digit(byte >> 4), Self.digit(byte & 15)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 87 + nibble }

    mutating func value(_ json: JSON) {
        switch json {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let text): string(text)
        case .array(let values):
            beginArray()
            for item in values { value(item) }
            endArray()
        case .object(let entries):
            beginObject()
            for entry in entries {
                key(entry.key)
                value(entry.value)
            }
            endObject()
        }
    }
}
