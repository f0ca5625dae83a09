/// Where a client's session stands.
public enum SessionState: Equatable, Sendable {
    /// No session yet (or no new one after `expired`); servers are being tried.
    case connecting
    /// A server serves the session. The same `sessionID` as before means: ephemeral nodes and watches are all there.
    case connected(sessionID: Int64, timeoutMilliseconds: Int)
    /// No connection. The session may be alive; other servers are being tried.
    case disconnected(DisconnectReason)
    /// The server has ended the session: its ephemeral nodes and watches are gone. `connecting` of a new one follows by itself.
    case expired
    /// `close` was called, or the loop has stopped. Final.
    case closed
    /// A credential was refused. Final.
    case authenticationFailed

    public var isConnected: Bool {
        if case .connected = self { true } else { false }
    }

    /// The session's id while connected.
    public var sessionID: Int64? {
        if case .connected(let sessionID, _) = self { sessionID } else { nil }
    }
}
