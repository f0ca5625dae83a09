/// A node's whole configuration, checked. Folders and files in it are absolute paths where the configuration file's folder or the
/// working directory is.
public struct NodeConfiguration: Sendable, Hashable {
    public var node: NodeSection
    public var chat: ChatSection
    public var websocket: WebSocketSection
    public var gate: GateSection
    public var admin: AdminSection
    public var tls: TLSSection
    public var limits: LimitsSection
    public var cluster: ClusterSection
    public var store: StoreSection
    public var queue: QueueSection
    public var ids: IdentifiersSection
    public var plugins: PluginsSection
    public var log: LogSection
    public var tracing: TracingSection
    /// What each key was loaded with, by its path: to tell two loads apart. Hashes, since some are secrets.
    let loaded: [String: Int]
    /// Every key, in the order of the documentation, fit to be shown: secrets are hidden.
    public let shown: [ShownKey]

    init(_ values: ResolvedConfiguration) throws {
        loaded = values.entries.mapValues(\.value.hashValue)
        shown = ConfigurationKey.all.compactMap { key in values.entries[key.path].map { ShownKey($0) } }
        node = try NodeSection(values)
        chat = try ChatSection(values)
        websocket = try WebSocketSection(values)
        gate = try GateSection(values)
        admin = try AdminSection(values)
        tls = try TLSSection(values)
        limits = try LimitsSection(values)
        cluster = try ClusterSection(values)
        store = try StoreSection(values)
        queue = try QueueSection(values)
        ids = try IdentifiersSection(values)
        plugins = try PluginsSection(values)
        log = try LogSection(values)
        tracing = try TracingSection(values)
    }
}
