/// Reads one JSON text (RFC 8259).
struct JSONReader {
    struct Failure: Error {
        /// Bytes from the start, from 1.
        let column: Int
        let reason: String
    }

    private static let maximumDepth = 64

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var depth = 0

    /// - Throws: `Failure`.
    static func read(_ bytes: ArraySlice<UInt8>) throws(Failure) -> JSON {
        var reader = JSONReader(bytes)
        let value = try reader.value()
        reader.skipBlanks()
        guard reader.position == bytes.endIndex else { throw reader.failure("expected the end of the text") }
        return value
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private func failure(_ reason: String) -> Failure { Failure(column: position - bytes.startIndex + 1, reason: reason) }

    private mutating func skipBlanks() {
        while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(Failure) -> JSON {
        guard depth < Self.maximumDepth else { throw failure("nested too deep") }
        depth += 1
        defer { depth -= 1 }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSON) throws(Failure) -> JSON {
        guard bytes[position...].starts(with: text.utf8) else { throw failure("expected a value") }
        position += text.utf8.count
        return value
    }

    private mutating func object() throws(Failure) -> JSON {
        position += 1
        var entries: [JSON.Entry] = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw failure("expected a key") }
            let key = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
            entries.append(JSON.Entry(key, try value()))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(entries) }
            guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or '}'") }
        }
    }

    private mutating func array() throws(Failure) -> JSON {
        position += 1
        var values: [JSON] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            values.append(try value())
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(values) }
            guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or ']'") }
        }
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let valid = String(validating: text, as: UTF8.self) else { throw failure("a string that is not UTF-8") }
                return valid
            case UInt8(ascii: "\\"): text += try escape()
            case ..<0x20: throw failure("a control character in a string")
            default: text.append(byte)
            }
        }
        throw failure("a string without an end")
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let byte = next else { throw failure("a string without an end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"):
            var code = try hex()
            if (0xd800..<0xdc00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
                let low = try hex()
                if (0xdc00..<0xe000).contains(low) { code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00) } else { code = 0xfffd }
            }
            return Array(String(Character(Unicode.Scalar(code) ?? "\u{fffd}")).utf8)
        default: throw failure("an unknown escape in a string")
        }
    }

    private mutating func hex() throws(Failure) -> UInt32 {
        guard position + 4 <= bytes.endIndex,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("expected four hex digits") }
        position += 4
        return code
    }

    private mutating func number() throws(Failure) -> JSON {
        let start = position
        while let byte = next, (48...57).contains(byte) || [43, 45, 46, 69, 101].contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let whole = Int64(text) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else {
            position = start
            throw failure("expected a value")
        }
        return .number(number)
    }
}
