import PluginHost

// What offload functions can call. They run on worker threads, where there are no sessions and nothing to wait with.
extension HostFunctions {
    static let worker: [HostFunction<WorkerServices>] = {
        let there: [HostFunction<WorkerServices>] = anyThread.map(\.onWorker) + passwordsAtOnce
        let names = Set(there.map(\.name))
        return there
            + HostFunctionCatalog.functions.filter { !names.contains($0.name) }.map { absent in
                HostFunction(absent.name, need: absent.need) { _, _ in
                    throw HostCallError("\(absent.name) is not possible in an offload function; call it in the handler")
                }
            }
    }()
}
