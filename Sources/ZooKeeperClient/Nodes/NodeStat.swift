/// What the server knows about a node. A zxid numbers the changes of the whole ensemble.
public struct NodeStat: Hashable, Sendable {
    /// The change that created the node.
    public var czxid: Int64 = 0
    /// The change that last set its data.
    public var mzxid: Int64 = 0
    /// When it was created, in milliseconds since 1970 by the server's clock.
    public var ctime: Int64 = 0
    /// When its data was last set, likewise.
    public var mtime: Int64 = 0
    /// How often its data was set.
    public var version: Int32 = 0
    /// How often its children changed.
    public var cversion: Int32 = 0
    /// How often its ACL was set.
    public var aversion: Int32 = 0
    /// The session an ephemeral node belongs to; 0 for other nodes.
    public var ephemeralOwner: Int64 = 0
    /// Bytes of data.
    public var dataLength: Int32 = 0
    public var numChildren: Int32 = 0
    /// The change that last changed its children.
    public var pzxid: Int64 = 0

    public init() {}
}
