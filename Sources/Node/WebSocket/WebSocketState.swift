import WebSocket

/// A connection by WebSocket on its way in.
enum WebSocketState {
    /// The request has not come whole.
    case handshake
    case open(WebSocketReader)
}
