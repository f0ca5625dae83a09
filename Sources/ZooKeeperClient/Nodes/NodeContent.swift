/// A node's data and what the server knows about it.
public struct NodeContent: Hashable, Sendable {
    public let data: [UInt8]
    public let stat: NodeStat

    public init(data: [UInt8], stat: NodeStat) {
        self.data = data
        self.stat = stat
    }
}
