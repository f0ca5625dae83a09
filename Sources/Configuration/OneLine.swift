/// Text from a user's file or shell, made fit for a one-line error.
enum OneLine {
    /// In double quotes, control characters escaped, cut after 60 characters.
    static func quoted(_ text: String) -> String {
        let cut = text.count > 60 ? text.prefix(57) + "..." : text[...]
        return "\"" + escaped(String(cut)) + "\""
    }

    /// Control characters and line ends escaped, so that the text cannot break out of its line.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                result += scalar.escaped(asASCII: true)
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
