import Reactor

/// Why the node itself ended a connection, beyond what the reactor knows. The names stand in logs and in
/// `hpush_connections_closed_total{reason}`.
package enum ChatCloseReason: UInt8, CaseIterable {
    case logout = 1
    case loginRefused
    case loginTimeout
    case badMagic
    case badVersion
    case badLength
    case undecodable
    case plugin
    case admin
    case connectionLimit
    case drain
    case webSocketHandshake
    case webSocketProtocol
    case addressLimit
    case memoryLimit
    case beforeLogin

    var reason: CloseReason { .custom(rawValue) }

    package var name: String {
        switch self {
        case .logout: "logout"
        case .loginRefused: "login_refused"
        case .loginTimeout: "login_timeout"
        case .badMagic: "bad_magic"
        case .badVersion: "bad_version"
        case .badLength: "bad_length"
        case .undecodable: "undecodable"
        case .plugin: "plugin"
        case .admin: "admin"
        case .connectionLimit: "connection_limit"
        case .drain: "drain"
        case .webSocketHandshake: "websocket_handshake"
        case .webSocketProtocol: "websocket_protocol"
        case .addressLimit: "address_limit"
        case .memoryLimit: "memory_limit"
        case .beforeLogin: "before_login"
        }
    }

    /// The name of any reason.
    static func name(_ reason: CloseReason) -> String {
        switch reason.kind {
        case .peerClosed, .reset: "client"
        case .idle: "read_idle"
        case .slowConsumer, .overflow: "slow_consumer"
        case .shutdown: ChatCloseReason.drain.name
        case .handshake: "tls_handshake"
        case .custom: ChatCloseReason(rawValue: reason.code)?.name ?? "other"
        case .local, .protocolError, .refused: "other"
        }
    }
}
