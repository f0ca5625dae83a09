/// Where a node's peer port is reached.
public struct PeerAddress: Hashable, Sendable {
    public var id: NodeID
    public var host: String
    public var port: Int

    public init(id: NodeID, host: String, port: Int) {
        self.id = id
        self.host = host
        self.port = port
    }
}
