import Reactor

extension Node {
    /// ws://HOST:PORT/PATH, or wss; nil where WebSockets are not wanted, and before `start`.
    public var webSocketURL: String? {
        guard let (host, port) = webSocketAddress else { return nil }
        return
            "\(shared.tls["websocket"] == nil ? "ws" : "wss")://\(host.contains(":") ? "[\(host)]" : host):\(port)\(shared.configuration.websocket.path)"
    }

    var webSocketListener: [NodeStatus.Listener] { webSocketURL.map { [.init(name: "websocket", address: $0)] } ?? [] }

    /// Binds the listener; nobody is let in before `serve`. Before the loops start.
    /// - Returns: nil where WebSockets are not wanted.
    /// - Throws: `ReactorError` that names the address.
    func listenForWebSockets() throws -> BoundListener? {
        let section = shared.configuration.websocket
        guard section.enabled else { return nil }
        for owner in loops { owner.webSockets = WebSocketDoor(owner, section) }
        let owners = loops
        let bound = try DoorError.naming("websocket") {
            try Listener(
                spreadingOver: loops.map(\.loop), host: section.host, port: section.port, filter: shared.tls["websocket"]?.source
            ) { connection in
                owners[connection.loop.index].webSockets?.adopted(connection)
            }
        }
        let logger = shared.logger
        bound.exhausted = { logger.warning("accepting pauses: \($0)") }
        return BoundListener(listener: bound)
    }
}
