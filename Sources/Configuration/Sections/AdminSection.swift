/// The admin listener. Keys and defaults: docs/configuration.md.
public struct AdminSection: Sendable, Hashable {
    public var enabled: Bool
    public var host: String
    /// 0: any free port.
    public var port: Int
    /// Empty: none is asked for.
    public var token: Secret

    init(_ values: ResolvedConfiguration) throws {
        enabled = try values.boolean("admin.enabled")
        host = try values.string("admin.host")
        port = try values.integer("admin.port")
        token = try values.secret("admin.token")
    }
}
