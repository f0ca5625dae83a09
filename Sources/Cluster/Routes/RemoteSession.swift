/// A session on another node, as its route says.
public struct RemoteSession: Hashable, Sendable {
    /// 32 hex digits.
    public var id: String
    public var uid: String
    public var node: NodeID
    public var device: String
    public var platform: UInt32
    /// Milliseconds since 1970.
    public var since: UInt64

    public init(id: String, uid: String, node: NodeID, device: String, platform: UInt32, since: UInt64) {
        self.id = id
        self.uid = uid
        self.node = node
        self.device = device
        self.platform = platform
        self.since = since
    }
}
