import Gate
import Node

/// The node of this process, as its own gate knows it.
struct LocalDirectory: NodeDirectory {
    let node: Node

    func nodes() -> [GateNode] {
        let configuration = node.configuration
        let (host, port) = node.chatAddress
        let advertised = configuration.node.advertise
        return [
            GateNode(
                id: 0, balance: node.sessionCount, host: advertised.isEmpty ? host : advertised, port: port,
                tls: node.tls["chat"] != nil, websocketPort: node.webSocketAddress?.port, websocketTLS: node.tls["websocket"] != nil,
                name: configuration.node.name, draining: !node.isReady)
        ]
    }
}
