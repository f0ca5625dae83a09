import PluginHost

// hpush.offload, and what its functions can call.
extension VirtualHost {
    static let offload: [HostFunction<VirtualLoop>] = [
        HostFunction("offload", need: "offload", waits: true) { call, loop in
            let name = try call.text(0, "name")
            let workers = loop.node.workers(of: call.state.generation)
            try workers?.check(call.pluginName, name)
            let arguments = try call.offloadArguments()
            let plugin = call.pluginName
            return loop.outsideLater(call) {
                guard let workers else { throw HostCallError("plugin \(plugin) has no offload functions") }
                return try workers.run(plugin, name, arguments)
            }
        }
    ]

    /// Functions that also workers have; others are refused there.
    private static let ofWorkers: Set<String> = [
        "id", "shared.get", "shared.set", "shared.add", "shared.incr", "shared.delete", "metrics.add", "metrics.set", "crypto.sha256",
        "crypto.hmac", "crypto.constant_time_equal", "cluster.self", "cluster.nodes",
    ]

    static let worker: [HostFunction<VirtualWorker>] = functions.map { function in
        switch function.name {
        case "crypto.password_hash":
            HostFunction(function.name, need: function.need) { call, _ in .values([.text(try hasher.hash(password(call)))]) }
        case "crypto.password_verify":
            HostFunction(function.name, need: function.need) { call, _ in
                .values([.bool(try hasher.verify(password(call), against: call.text(1, "hash")))])
            }
        case let name where ofWorkers.contains(name):
            HostFunction(name, need: function.need) { call, worker in try function.run(call, worker.loop) }
        case let name:
            HostFunction(name, need: function.need) { _, _ in
                throw HostCallError("\(name) is not possible in an offload function; call it in the handler")
            }
        }
    }
}
