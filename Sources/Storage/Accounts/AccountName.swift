/// The rules of users' names.
public enum AccountName {
    /// Most bytes a name has, in UTF-8.
    public static let longest = 64

    /// 1 to 64 bytes, no control characters (they would forge log lines), no `/` (names stand in URL paths), and not `group:...`,
    /// which names a group where a conversation is meant.
    public static func isValid(_ name: String) -> Bool {
        (1...longest).contains(name.utf8.count)
            && !name.hasPrefix("group:")
            && name.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: scalar != "/"
                }
            }
    }

    package static func check(_ name: String) throws {
        guard isValid(name) else { throw AccountError.badName(name) }
    }
}
