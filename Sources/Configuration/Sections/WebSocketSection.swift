/// The WebSocket listener. Keys and defaults: docs/configuration.md.
public struct WebSocketSection: Sendable, Hashable {
    public var enabled: Bool
    public var host: String
    /// 0: any free port.
    public var port: Int
    public var path: String

    init(_ values: ResolvedConfiguration) throws {
        enabled = try values.boolean("websocket.enabled")
        host = try values.string("websocket.host")
        port = try values.integer("websocket.port")
        path = try values.string("websocket.path")
    }
}
