/// Why a message or notice from outside reached nobody. The description is one line.
public struct PushFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case noSuchUser = "no_such_user"
        case noSuchGroup = "no_such_group"
        /// The user, or every member of the group, has no session, and messages are not stored.
        case notReachable = "not_reachable"
        /// Try again, the same as code 9 of the protocol: it cannot be stored now, the inbox is full, the user's sessions take no more at
        /// present, or the node ends.
        case unavailable
        /// Over chat.max_frame_bytes.
        case tooLarge = "too_large"
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
