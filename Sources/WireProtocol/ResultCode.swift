/// The codes of LOGIN_RESPONSE, MESSAGE_RESPONSE and CUSTOM_RESPONSE (docs/protocol.md). They never change; a client must
/// take codes it does not know for failures.
public enum ResultCode: UInt32, CaseIterable, Sendable, CustomStringConvertible {
    case success = 0
    case loginFailed = 1
    case noCredential = 2
    case unknownError = 3
    case tooManyRequests = 4
    case notLoggedIn = 5
    case noSuchRecipient = 6
    case rejected = 7
    case tooLarge = 8
    case unavailable = 9

    /// Short English for `info` fields and terminals.
    public var description: String {
        switch self {
        case .success: "success"
        case .loginFailed: "login failed"
        case .noCredential: "no credential"
        case .unknownError: "unknown error"
        case .tooManyRequests: "too many requests"
        case .notLoggedIn: "not logged in"
        case .noSuchRecipient: "no such user or group"
        case .rejected: "rejected by a rule"
        case .tooLarge: "message larger than a rule or the store allows"
        case .unavailable: "unavailable, try again"
        }
    }
}
