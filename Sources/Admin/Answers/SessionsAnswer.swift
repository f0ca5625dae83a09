import Node

/// The body of `GET /v1/sessions`.
public struct SessionsAnswer: Codable, Sendable {
    public var sessions: [SessionInfo]
}
