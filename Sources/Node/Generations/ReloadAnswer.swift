/// A reload or rollback that was done: every loop has switched.
public struct ReloadAnswer: Codable, Sendable, Equatable {
    /// The generation now in force.
    public var generation: UInt64
    /// Whose rules they are: its own, or an older generation's after a rollback.
    public var rulesOf: UInt64
    /// The generation that was in force before.
    public var previous: UInt64
    public var loops: [LoopAnswer]
    /// Keys outside `plugins` that were changed in the configuration, which only a restart takes over.
    public var needsRestart: [String]

    /// The longest time a loop stood still.
    public var pauseMicroseconds: Double { loops.compactMap(\.pauseMicroseconds).max() ?? 0 }
}
