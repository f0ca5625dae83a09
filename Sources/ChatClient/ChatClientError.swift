/// What calls on a ``ChatClient`` throw.
public struct ChatClientError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// No connection could be made.
        case unreachable
        /// The node refused the login; ``ChatClientError/code`` says why.
        case loginRefused
        /// The node refused a request; ``ChatClientError/code`` says why.
        case requestRefused
        /// There is no connection, or no login, at the moment.
        case notConnected
        /// The call does not fit the client's state, such as a second ``ChatClient/connect(host:port:)``.
        case misuse
        /// No answer came in time.
        case timedOut
        /// The connection went while the answer was awaited.
        case connectionLost
        /// More answers are awaited than the configuration allows.
        case tooManyRequests
        /// The message is larger than `maximumFrameBytes`.
        case messageTooLarge
    }

    public let kind: Kind
    /// The node's code for `loginRefused` and `requestRefused` (docs/protocol.md), otherwise 0.
    public let code: UInt32
    /// What happened, for people.
    public let info: String

    public init(_ kind: Kind, code: UInt32 = 0, info: String) {
        self.kind = kind
        self.code = code
        self.info = info
    }

    public static func loginRefused(code: UInt32, info: String) -> ChatClientError {
        ChatClientError(.loginRefused, code: code, info: info)
    }
}

extension ChatClientError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch kind {
        case .loginRefused: "login refused: \(words)"
        case .requestRefused: "refused: \(words)"
        default: info
        }
    }

    private var words: String {
        "\(info.isEmpty ? ChatCode.meaning(of: code) : info) (code \(code))"
    }
}
