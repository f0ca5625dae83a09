import PluginHost

/// What functions need that any thread may call: a loop has it, and a worker of hpush.offload.
protocol AnyThreadServices: AnyObject {
    var shared: NodeShared { get }
    /// Monotonic seconds.
    var seconds: Double { get }
}

/// A host function that is the same on loops and on workers. It never waits.
struct AnyThreadFunction: Sendable {
    let name: String
    let need: String?
    let run: @Sendable (_ call: HostCall, _ node: any AnyThreadServices) throws -> HostAnswer

    init(
        _ name: String, need: String? = nil, run: @escaping @Sendable (_ call: HostCall, _ node: any AnyThreadServices) throws -> HostAnswer
    ) {
        self.name = name
        self.need = need
        self.run = run
    }

    var onLoop: HostFunction<NodeLoop> { HostFunction(name, need: need) { try run($0, $1) } }
    var onWorker: HostFunction<WorkerServices> { HostFunction(name, need: need) { try run($0, $1) } }
}
