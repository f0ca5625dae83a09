/// Text for a line that people read: nothing in it ends the line or moves a terminal's cursor.
enum TextEscape {
    static func line(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": result += "\\u" + hex(scalar)
            case _ where scalar.value < 0x20: result += "\\u" + hex(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// In quotes where it would not be read as one word.
    static func word(_ text: String) -> String {
        let escaped = line(text)
        let isPlain = !escaped.isEmpty && !escaped.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        return isPlain ? escaped : "\"" + escaped.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\""
    }

    /// Four hexadecimal digits; for scalars below U+10000.
    static func hex(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
