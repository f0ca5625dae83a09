import Synchronization

/// The worker threads of one generation, where `hpush.offload` runs functions that would hold up a loop. Each has a Lua state of its own,
/// made from the generation's sources when the thread gets its first call.
///
/// The generation's states hold it together (`PluginState.offload`): with the last of them it ends, and its threads after the calls they
/// are at. Any thread.
public final class OffloadWorkers: Sendable {
    /// Bytes of one call's arguments, and of its results, encoded.
    public static let mostBytes = 2 << 20
    /// Calls that may wait for a thread, and the bytes of their arguments together.
    public static let mostWaiting = 1024
    public static let mostWaitingBytes = 64 << 20

    private let functions: [String: Set<String>]
    private let numbers: OffloadNumbers
    private let queue: OffloadQueue

    /// nil where no plugin has offload functions.
    /// - Parameters:
    ///   - functions: the host functions on workers: they must be usable from any thread and must not wait.
    ///   - makeServices: called on the thread of the worker they are for.
    public init?<Services: PluginServices>(
        _ checked: PluginLoader.Checked, loader: PluginLoader, functions: [HostFunction<Services>], generation: UInt64,
        makeServices: @escaping @Sendable () -> Services
    ) {
        let plugins = checked.plugins.filter { !$0.offload.isEmpty }
        if plugins.isEmpty { return nil }
        self.functions = Dictionary(plugins.map { ($0.name, Set($0.offload)) }, uniquingKeysWith: { first, _ in first })
        let numbers = OffloadNumbers()
        self.numbers = numbers
        queue = OffloadQueue(
            threads: loader.limits.offloadThreads, capacity: Self.mostWaiting, byteCapacity: Self.mostWaitingBytes
        ) { number, next in
            Watchdog.watchThread()
            var worker = OffloadWorker {
                let services = makeServices()
                let state = try loader.makeState(
                    checked, functions: functions, services: services, generation: generation, use: .offload)
                try state.initialise()
                return .init(state: state, services: services)
            }
            while let call = next() {
                let result = worker.run(call)
                numbers.set(worker.handlers(of: call.plugin), of: call.plugin, memory: worker.memory, worker: number)
                call.done(result)
            }
            numbers.ended(number)
        }
    }

    deinit { queue.close() }

    /// Takes a call of hpush.offload: its first argument names a function of the calling plugin, the others go there.
    /// - Parameter done: called once, on the worker's thread.
    /// - Returns: false when too many wait.
    /// - Throws: `HostCallError` when there is no such function, or an argument can't be handed over.
    public func submit(_ call: HostCall, done: @escaping @Sendable (Result<[LuaValue], HostCallError>) -> Void) throws -> Bool {
        let name = try call.text(0, "name")
        let known = functions[call.pluginName] ?? []
        guard known.contains(name) else {
            let list = known.isEmpty ? "it has none" : "it has \(known.sorted().joined(separator: ", "))"
            throw HostCallError("plugin \(call.pluginName) has no offload function '\(name)'; \(list)")
        }
        return queue.submit(
            OffloadCall(plugin: call.pluginName, function: name, arguments: try call.offloadArguments(), done: done))
    }

    /// Calls that wait for a thread.
    public var waiting: Int { queue.waiting }

    /// Bytes the workers' scripts held after their last calls.
    public var memory: Int { numbers.memory }

    /// A plugin's handlers with the numbers of all workers together, in the order of `PluginState.handlers`; empty before its first call.
    public func handlers(of plugin: String) -> [HandlerStatistics] { numbers.handlers(of: plugin) }
}
