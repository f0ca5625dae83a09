/// Limits of what clients may use. Keys and defaults: docs/configuration.md.
public struct LimitsSection: Sendable, Hashable {
    /// 0: no limit.
    public var connectionsPerAddress: Int
    /// 0: no limit.
    public var failedLoginsPerMinute: Int
    /// Answered messages that are remembered; 0: none.
    public var rememberedMessages: Int

    init(_ values: ResolvedConfiguration) throws {
        connectionsPerAddress = try values.integer("limits.connections_per_address")
        failedLoginsPerMinute = try values.integer("limits.failed_logins_per_minute")
        rememberedMessages = try values.integer("limits.remembered_messages")
    }
}
