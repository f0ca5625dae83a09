import PluginHost

extension OffloadWorkers {
    /// The workers of a generation, to be held by each of its states; nil where no plugin has offload functions.
    convenience init?(_ checked: PluginLoader.Checked, loader: PluginLoader, generation: UInt64, shared: NodeShared) {
        self.init(checked, loader: loader, functions: HostFunctions.worker, generation: generation) { WorkerServices(shared) }
    }
}
