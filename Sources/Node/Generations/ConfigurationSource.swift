import HPushConfiguration

/// Where a node's configuration came from, to read it again at a reload.
public struct ConfigurationSource: Sendable {
    /// The file to watch; nil where there is none.
    public let file: String?
    /// Reads and checks all of it, as at the start. Blocks.
    public let load: @Sendable () throws -> NodeConfiguration

    public init(file: String?, load: @escaping @Sendable () throws -> NodeConfiguration) {
        self.file = file
        self.load = load
    }
}
