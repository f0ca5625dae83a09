/// Text from others, made safe to print: nobody may move the cursor, change colours or the title, or fake a line.
public enum DisplayText {
    /// One line without control characters: each becomes `�`, a line break `↵`, a tab a space.
    ///
    /// Characters that turn the direction of writing are replaced too, since they can make a line look like another.
    public static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t": result.append(" ")
            case "\r", "\u{2028}", "\u{2029}": result.append("↵")
            case "\n": if previous != "\r" { result.append("↵") }
            default: result.append(isUnsafe(scalar) ? "\u{FFFD}" : scalar)
            }
            previous = scalar
        }
        return String(result)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true  // C0, DEL, C1 (0x9B begins an escape sequence in 8-bit terminals)
        case 0x2028, 0x2029: true  // line and paragraph separator
        case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true  // direction
        case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true  // annotations, invisible tags
        default: false
        }
    }
}
