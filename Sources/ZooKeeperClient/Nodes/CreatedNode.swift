/// A node that was created.
public struct CreatedNode: Hashable, Sendable {
    /// The path, with the number the server gave when the mode is sequential.
    public let path: String
    public let stat: NodeStat

    public init(path: String, stat: NodeStat) {
        self.path = path
        self.stat = stat
    }
}
