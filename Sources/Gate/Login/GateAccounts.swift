/// Whom a gate gives tokens.
public protocol GateAccounts: Sendable {
    /// Any thread. Hashes a password off it, where there is one to check.
    func check(user: String, password: String) async -> GateVerdict
}

/// What came of checking a name and a password.
public enum GateVerdict: Sendable, Hashable {
    case right
    /// Wrong password, or no such user: the caller is not to know which.
    case wrong
    /// Too many are being checked, or the accounts can't be read: try again.
    case unavailable
}
