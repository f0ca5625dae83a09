/// The WebSocket listener. Keys and defaults: docs/configuration.md.
public struct WebSocketSection: Sendable, Hashable {
    public var enabled: Bool
    public var host: String
    /// 0: any free port.
    public var port: Int
    public var path: String
    /// Whose pages may connect: origins, `same-host`, `*`.
    public var origins: [String]
    public var handshakeSeconds: Int

    init(_ values: ResolvedConfiguration) throws {
        enabled = try values.boolean("websocket.enabled")
        host = try values.string("websocket.host")
        port = try values.integer("websocket.port")
        path = try values.string("websocket.path")
        origins = try values.strings("websocket.origins")
        handshakeSeconds = try values.integer("websocket.handshake_seconds")
    }
}
