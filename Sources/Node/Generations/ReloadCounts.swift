/// How often the rules were reloaded, for metrics.
struct ReloadCounts: Sendable, Equatable {
    var switched: UInt64 = 0
    var rolledBack: UInt64 = 0
    /// By plugins.auto_rollback.
    var autoRolledBack: UInt64 = 0
    var failed: UInt64 = 0
}
