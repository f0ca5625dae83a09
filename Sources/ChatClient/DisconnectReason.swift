/// Why a connection is gone.
public enum DisconnectReason: Sendable, Hashable {
    /// ``ChatClient/logout()`` was called.
    case loggedOut
    /// The node ended the session and said so; the client does not come back by itself.
    case endedByNode(info: String)
    /// The node, or something on the way, closed the connection without a word.
    case closedByPeer
    /// Nothing came in for two heartbeats.
    case silent
    /// The peer does not speak the protocol.
    case protocolViolation(String)
    /// The connection broke, or could not be made.
    case failed(String)
    /// The node refused the login.
    case loginRefused(code: UInt32, info: String)

    /// Whether a new attempt could help.
    public var isFinal: Bool {
        switch self {
        case .loggedOut, .endedByNode, .loginRefused: true
        case .closedByPeer, .silent, .protocolViolation, .failed: false
        }
    }
}

extension DisconnectReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .loggedOut: "logged out"
        case .endedByNode(let info): info.isEmpty ? "the node ended the session" : "the node ended the session: \(info)"
        case .closedByPeer: "the node closed the connection"
        case .silent: "the node does not answer"
        case .protocolViolation(let what): "not a chat node: \(what)"
        case .failed(let what): what
        case .loginRefused(let code, let info): ChatClientError.loginRefused(code: code, info: info).description
        }
    }
}
