import CPluginBridge

/// A host without a node behind it: enough for plugins to load and to run their `init`.
final class CheckServices: PluginServices {
    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        .queued(sessions: 0, nodes: 0)
    }

    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) {}

    /// The whole API of the catalog, answering as an empty node would.
    static let functions: [HostFunction<CheckServices>] = HostFunctionCatalog.functions.map { description in
        HostFunction(description) { _, _ in .values(answer(of: description.name)) }
    }

    private static func answer(of name: String) -> [LuaValue] {
        switch name {
        case "sessions.of_user", "store.contacts", "cluster.nodes": [.list([])]
        case "sessions.local_count", "session.platform", "session.since", "shared.incr": [.integer(0)]
        case "session.id", "session.uid", "session.device", "session.remote", "session.node", "ctx.remote": [.text("")]
        case "id": [.text("1")]
        case "ctx.transport": [.text("tcp")]
        case "cluster.self": [.fields(["id": .text("0"), "name": .text("check")])]
        case "crypto.sha256", "crypto.hmac": [.string([UInt8](repeating: 0, count: 32))]
        case "crypto.password_hash": [.text("")]
        case "crypto.constant_time_equal", "crypto.password_verify", "store.verify", "shared.add", "session:send", "session:notify":
            [.bool(false)]
        default: []
        }
    }
}
