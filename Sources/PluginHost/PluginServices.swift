public import CPluginBridge

/// What a loop offers its plugin state besides the named host functions. Called on the loop that owns the state.
public protocol PluginServices: AnyObject {
    /// hpush.redirect: queues the message for all sessions of `uid`; nil stands for the message's own `to` or `group`.
    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer

    /// A line of a script; `state` is the one it runs in.
    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String)

    /// Whether a handler of a plugin that `PluginState.setGuarded` named may run.
    func admit(_ execution: GuardedExecution, of state: PluginState) -> PluginAdmission
    /// A handler that was admitted as a probe ended without an error.
    func passed(_ execution: GuardedExecution, of state: PluginState)
    /// A failure that did not end its chain; it is logged already.
    func skipped(_ failure: PluginFailure, _ execution: GuardedExecution, of state: PluginState)
    /// A handler of an observed execution has ended. The step's pointers are valid during the call.
    func stepped(_ step: UnsafePointer<hp_step>, of state: PluginState)
}

extension PluginServices {
    public func admit(_ execution: GuardedExecution, of state: PluginState) -> PluginAdmission { .runs }
    public func passed(_ execution: GuardedExecution, of state: PluginState) {}
    public func skipped(_ failure: PluginFailure, _ execution: GuardedExecution, of state: PluginState) {}
    public func stepped(_ step: UnsafePointer<hp_step>, of state: PluginState) {}
}

public enum RedirectAnswer {
    case queued(sessions: UInt32, nodes: UInt32)
    case failed(String)
    case wait
}

public enum PluginLogLevel: UInt32, Sendable { case debug, info, warning, error }
