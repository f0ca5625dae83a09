/// Who this node is and where it keeps its things. Keys and defaults: docs/configuration.md.
public struct NodeSection: Sendable, Hashable {
    public var name: String
    /// Absolute path.
    public var dataDirectory: String
    /// The address others reach the node by; empty: the host it listens on.
    public var advertise: String

    init(_ values: ResolvedConfiguration) throws {
        name = try values.string("node.name")
        dataDirectory = try values.string("node.data_dir")
        advertise = try values.string("node.advertise")
    }
}
