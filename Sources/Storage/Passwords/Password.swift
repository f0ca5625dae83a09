/// The rules of passwords.
public enum Password {
    /// Most bytes a password has, in UTF-8.
    public static let longest = 1024

    public static func isValid(_ password: String) -> Bool {
        (1...longest).contains(password.utf8.count)
    }

    package static func check(_ password: String) throws {
        guard isValid(password) else { throw AccountError.badPassword }
    }
}
