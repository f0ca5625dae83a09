/// Limits of what clients may use. Keys and defaults: docs/configuration.md.
public struct LimitsSection: Sendable, Hashable {
    /// 0: no limit.
    public var connectionsPerAddress: Int
    /// 0: no limit.
    public var failedLoginsPerMinute: Int
    /// Failed logins of one user before more of them have to wait; 0: no limit.
    public var failedLoginsPerUser: Int
    /// Frames of a connection that is not logged in, its login not counted; 0: no limit.
    public var framesBeforeLogin: Int
    /// Resident memory, in MiB, from which on nobody is let in; 0: no limit.
    public var memoryMegabytes: Int
    /// Answered messages that are remembered; 0: none.
    public var rememberedMessages: Int

    init(_ values: ResolvedConfiguration) throws {
        connectionsPerAddress = try values.integer("limits.connections_per_address")
        failedLoginsPerMinute = try values.integer("limits.failed_logins_per_minute")
        failedLoginsPerUser = try values.integer("limits.failed_logins_per_user")
        framesBeforeLogin = try values.integer("limits.frames_before_login")
        memoryMegabytes = try values.integer("limits.memory_mb")
        rememberedMessages = try values.integer("limits.remembered_messages")
    }
}
