import CPluginBridge

/// What a Lua state is for.
public enum PluginStateUse: Sendable {
    /// Runs handlers on a loop.
    case handlers
    /// Runs offload functions on a worker thread.
    case offload
    /// Runs handlers without budgets and numbers: a benchmark that wants to know what those cost.
    case unmeasured

    var flags: UInt32 {
        switch self {
        case .handlers: 0
        case .offload: UInt32(HP_STATE_WORKER)
        case .unmeasured: UInt32(HP_STATE_UNMEASURED)
        }
    }
}
