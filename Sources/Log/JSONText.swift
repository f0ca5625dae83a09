import Logging

/// JSON as text (RFC 8259).
enum JSONText {
    static func object(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    static func value(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): string(text)
        case .stringConvertible(let number as any BinaryInteger): "\(number)"
        case .stringConvertible(let flag as Bool): "\(flag)"
        case .stringConvertible(let other): string(other.description)
        case .array(let values): "[" + values.map { Self.value($0) }.joined(separator: ",") + "]"
        case .dictionary(let fields): object(fields.sorted { $0.key < $1.key }.map { ($0.key, Self.value($0.value)) })
        }
    }

    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": result += "\\u" + TextEscape.hex(scalar)
            case _ where scalar.value < 0x20: result += "\\u" + TextEscape.hex(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
