import PluginHost

// hpush.offload: a plugin's own functions on worker threads.
extension HostFunctions {
    static let offload: [HostFunction<NodeLoop>] = [
        HostFunction("offload", need: "offload", waits: true) { call, node in
            guard let workers = call.state.offload else { throw HostCallError("plugin \(call.pluginName) has no offload functions") }
            return try workers.submit(call, done: node.answer(to: call)) ? .wait : .values([.nil, .text("busy")])
        }
    ]
}
