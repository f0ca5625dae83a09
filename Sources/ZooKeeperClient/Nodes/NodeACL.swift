/// A node's ACL and what the server knows about the node.
public struct NodeACL: Hashable, Sendable {
    public let acl: [ACL]
    public let stat: NodeStat

    public init(acl: [ACL], stat: NodeStat) {
        self.acl = acl
        self.stat = stat
    }
}
