/// A node's whole configuration, checked. Folders and files in it are absolute paths where the configuration file's folder or the
/// working directory is.
public struct NodeConfiguration: Sendable, Hashable {
    public var node: NodeSection
    public var chat: ChatSection
    public var websocket: WebSocketSection
    public var gate: GateSection
    public var admin: AdminSection
    public var limits: LimitsSection
    public var cluster: ClusterSection
    public var store: StoreSection
    public var queue: QueueSection
    public var ids: IdentifiersSection
    public var plugins: PluginsSection
    public var log: LogSection

    init(_ values: ResolvedConfiguration) throws {
        node = try NodeSection(values)
        chat = try ChatSection(values)
        websocket = try WebSocketSection(values)
        gate = try GateSection(values)
        admin = try AdminSection(values)
        limits = try LimitsSection(values)
        cluster = try ClusterSection(values)
        store = try StoreSection(values)
        queue = try QueueSection(values)
        ids = try IdentifiersSection(values)
        plugins = try PluginsSection(values)
        log = try LogSection(values)
    }
}
