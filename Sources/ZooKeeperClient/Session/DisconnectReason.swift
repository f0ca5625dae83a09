/// Why a connection to a server ended, or did not come about.
public enum DisconnectReason: Equatable, Sendable, CustomStringConvertible {
    /// The server, or the network, closed or reset the connection.
    case closedByServer
    /// Nothing came for two thirds of the session timeout.
    case silence
    /// The server could not be reached; in words.
    case unreachable(String)
    /// The server did not answer the connect request in time.
    case handshakeTimeout
    /// The server has lost its ensemble and serves reads only.
    case readOnlyServer
    /// The server sent what the protocol does not allow; in words.
    case protocolError(String)
    /// The event loop stops.
    case loopStopping

    public var description: String {
        switch self {
        case .closedByServer: "closed by the server"
        case .silence: "the server was silent for too long"
        case .unreachable(let reason): reason
        case .handshakeTimeout: "no answer to the connect request in time"
        case .readOnlyServer: "the server is read-only"
        case .protocolError(let reason): reason
        case .loopStopping: "the event loop stops"
        }
    }
}
