/// What users wrote, as it may be shown: it can't steer a terminal.
enum DisplayedText {
    static func line(_ text: String) -> String { text.map { isPrintable($0) ? String($0) : "?" }.joined() }

    private static func isPrintable(_ character: Character) -> Bool {
        character.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            // Joiners hold letters and emoji together; marks of direction can hide what a line says.
            case .format: scalar == "\u{200C}" || scalar == "\u{200D}"
            default: true
            }
        }
    }
}
