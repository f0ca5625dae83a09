/// The names of a node's children, in no order, and what the server knows about the node.
public struct NodeChildren: Hashable, Sendable {
    public let names: [String]
    public let stat: NodeStat

    public init(names: [String], stat: NodeStat) {
        self.names = names
        self.stat = stat
    }
}
