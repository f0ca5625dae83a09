public import CPluginBridge

/// What a loop offers its plugin state besides the named host functions. Called on the loop that owns the state.
public protocol PluginServices: AnyObject {
    /// hpush.redirect: queues the message for all sessions of `uid`; nil stands for the message's own `to` or `group`.
    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer

    /// A line of a script; `state` is the one it runs in.
    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String)
}

public enum RedirectAnswer {
    case queued(sessions: UInt32, nodes: UInt32)
    case failed(String)
    case wait
}

public enum PluginLogLevel: UInt32, Sendable { case debug, info, warning, error }
