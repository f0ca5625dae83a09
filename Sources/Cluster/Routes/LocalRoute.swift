/// A session of this node as its route tells of it.
public struct LocalRoute: Hashable, Sendable {
    public var uid: String
    /// 32 hex digits.
    public var id: String
    public var device: String
    public var platform: UInt32
    /// Milliseconds since 1970.
    public var since: UInt64

    public init(uid: String, id: String, device: String, platform: UInt32, since: UInt64) {
        self.uid = uid
        self.id = id
        self.device = device
        self.platform = platform
        self.since = since
    }
}
