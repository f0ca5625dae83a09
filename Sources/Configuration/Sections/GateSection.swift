/// The HTTP gate. Keys and defaults: docs/configuration.md.
public struct GateSection: Sendable, Hashable {
    public var enabled: Bool
    public var host: String
    /// 0: any free port.
    public var port: Int
    /// Where clients reach a gate; empty: they are not told.
    public var url: String
    /// Whose pages may ask from elsewhere: origins, `same-host`, `*`; empty: none.
    public var origins: [String]
    /// Whether a node that stands alone shows the web chat page.
    public var page: Bool
    /// The folder of its files; empty: the one beside the executable or above it.
    public var web: String
    /// Empty in standalone where the node makes its own.
    public var tokenSecret: Secret

    init(_ values: ResolvedConfiguration) throws {
        enabled = try values.boolean("gate.enabled")
        host = try values.string("gate.host")
        port = try values.integer("gate.port")
        url = try values.string("gate.url")
        origins = try values.strings("gate.origins")
        page = try values.boolean("gate.page")
        web = try values.string("gate.web")
        tokenSecret = try values.secret("gate.token_secret")
    }
}
