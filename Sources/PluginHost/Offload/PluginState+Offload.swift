import CPluginBridge

extension PluginState {
    /// Runs an offload function of a plugin.
    /// - Parameter arguments: encoded, one after the other.
    /// - Throws: `HostCallError`: what the script failed with, "file:line: reason" where Lua knows the place.
    package func runOffload(_ plugin: String, _ function: String, arguments: [UInt8]) throws(HostCallError) -> [LuaValue] {
        guard let index = pluginNames.firstIndex(of: plugin) else { throw HostCallError("plugin \(plugin) has no worker") }
        var outcome = hp_outcome()
        withBytes(function) { name in
            withBytes(arguments) { value in
                var input = hp_input()
                input.kind = HP_OFFLOAD
                input.plugin = UInt32(index)
                input.name = name
                input.value = value
                run(&input, &outcome)
            }
        }
        switch outcome.verdict {
        case HP_STOP:
            let results = UnsafeRawBufferPointer(start: outcome.result.data, count: outcome.result.length)
            guard results.count <= OffloadWorkers.mostBytes else {
                throw HostCallError("offload function '\(function)' returned more than \(OffloadWorkers.mostBytes >> 20) MB")
            }
            return LuaValue.decode(results)
        case HP_FAILED: throw HostCallError(failure(outcome).reason)
        default: throw HostCallError("plugin \(plugin) has no offload function '\(function)'")
        }
    }
}
