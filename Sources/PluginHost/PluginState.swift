public import CPluginBridge
import Glibc

/// One Lua state: all plugins of one generation on one event loop.
///
/// It belongs to one thread at a time: the loader's until it is handed over, then its loop's.
public final class PluginState {
    public typealias Call = (HostCall) throws -> HostAnswer

    let handle: OpaquePointer

    /// Whether a call came from this state.
    public func owns(_ state: OpaquePointer?) -> Bool { handle == state }

    private let calls: [Call]
    let functionNames: [String]
    // The services own the state, so they outlive it.
    private unowned(unsafe) let services: any PluginServices
    /// `services.redirect`, by a way that does not count references: two atomic operations would be a fiftieth of a message's time.
    private let redirects: (MessageReference, UnsafeRawBufferPointer?, UnsafePointer<hp_call>) -> RedirectAnswer
    /// Functions that need the state's loop: refused while `phase` says what runs.
    private let needsLoop: [Bool]
    private let names: [String]
    var phase: String?
    private var isClosed = false
    private var keptContext: Unmanaged<CallbackContext>?

    public let generation: UInt64
    public let limits: PluginLimits
    public internal(set) var pluginNames: [String] = []
    /// The worker threads of this generation, which its states hold together; nil where no plugin has offload functions.
    public var offload: OffloadWorkers?

    /// - Parameter time: what scripts see as the clock, until `setTime`; nil: the machine's.
    /// - Throws: `PluginFailure` when memory is out.
    public init<Services: PluginServices>(
        functions: [HostFunction<Services>], services: Services, limits: PluginLimits, generation: UInt64, time: PluginTime? = nil,
        use: PluginStateUse = .handlers
    ) throws {
        self.services = services
        let uncounted = Unmanaged.passUnretained(services)
        redirects = { message, uid, call in uncounted._withUnsafeGuaranteedRef { $0.redirect(message, to: uid, call: call) } }
        self.generation = generation
        self.limits = limits
        needsLoop = functions.map(\.description.needsLoop)
        names = functions.map(\.description.scriptName)
        functionNames = functions.map(\.name)
        calls = functions.map { function in { [unowned services] call in try function.run(call, services) } }

        var descriptions: [hp_function] = []
        var names: [UnsafeMutablePointer<CChar>] = []
        func copy(_ text: String) -> UnsafePointer<CChar>? {
            guard let copied = strdup(text) else { return nil }
            names.append(copied)
            return UnsafePointer(copied)
        }
        for (index, function) in functions.enumerated() {
            descriptions.append(
                hp_function(
                    name: copy(function.name), need: function.need.flatMap(copy), id: UInt32(index),
                    flags: function.waits ? UInt32(HP_FUNCTION_WAITS) : 0))
        }
        defer { names.forEach { free($0) } }

        let context = CallbackContext()
        let kept = Unmanaged.passRetained(context)
        var bridgeLimits = hp_limits(
            run_ms: UInt32(limits.runMilliseconds), max_executions: UInt32(limits.suspended),
            memory_bytes: limits.memoryMegabytes << 20, offload_ms: UInt32(limits.offloadMilliseconds), flags: use.flags)
        guard
            let handle = hp_state_new(
                PluginCallbacks.host, kept.toOpaque(), descriptions, descriptions.count, &bridgeLimits, generation)
        else {
            kept.release()
            throw PluginFailure(kind: .memory, plugin: "host", reason: "a Lua state could not be made")
        }
        self.handle = handle
        keptContext = kept
        context.state = Unmanaged.passUnretained(self)
        if let time { setTime(time) }
    }

    deinit { close() }

    /// Frees all that the scripts hold, whoever still has a reference. Nothing may be called on the state after it.
    /// Any thread, once its loop has handed it over.
    public func close() {
        if isClosed { return }
        isClosed = true
        hp_state_free(handle)
        keptContext?.release()
        keptContext = nil
        bundles = []
        offload = nil
    }

    // MARK: Loading

    /// Runs a plugin's main chunk. Its index is the number of plugins loaded before it.
    func load(_ bundle: PluginBundle, needs: [String]) throws {
        bundles.append(bundle)
        pluginNames.append(bundle.name)
        var failure = hp_failure()
        let index = withBytes(bundle.name) { name in
            withBytes(bundle.mainPath) { chunk in
                withBytes(bundle.main) { source in
                    withBytesList(needs) { hp_load(handle, name, chunk, source, $0.baseAddress, $0.count, &failure) }
                }
            }
        }
        guard index == UInt32(pluginNames.count - 1) else { throw PluginFailure(failure, plugin: bundle.name) }
    }

    func describe(_ plugin: Int) throws -> LuaValue {
        var buffer = hp_buffer()
        defer { hp_buffer_free(&buffer) }
        var failure = hp_failure()
        guard hp_describe(handle, UInt32(plugin), &buffer, &failure) else { throw PluginFailure(failure, plugin: pluginNames[plugin]) }
        return LuaValue.decode(buffer.bytes, count: 1).first ?? .nil
    }

    func configure(_ plugin: Int, _ settings: LuaValue, skipErrors: Bool) throws {
        var failure = hp_failure()
        let good = withBytes(LuaValue.encode([settings])) { hp_configure(handle, UInt32(plugin), $0, skipErrors, &failure) }
        guard good else { throw PluginFailure(failure, plugin: pluginNames[plugin]) }
    }

    /// Builds the chains, all plugins in the order they were loaded.
    func buildPipeline() throws {
        var failure = hp_failure()
        let order = (0..<UInt32(pluginNames.count)).map { $0 }
        guard hp_pipeline(handle, order, order.count, &failure) else {
            let plugin = Int(failure.plugin)
            throw PluginFailure(failure, plugin: plugin < pluginNames.count ? pluginNames[plugin] : "pipeline")
        }
    }

    /// Runs the plugins' `init`, in order. Call it on the thread that will run the state or before it is handed over: what needs the loop
    /// is refused there.
    public func initialise() throws {
        phase = "init"
        defer { phase = nil }
        for plugin in pluginNames.indices {
            var failure = hp_failure()
            guard hp_init(handle, UInt32(plugin), &failure) else { throw PluginFailure(failure, plugin: pluginNames[plugin]) }
        }
    }

    // MARK: Running

    public func chainLength(_ kind: hp_kind, _ type: UInt32) -> Int { Int(hp_chain_length(handle, kind, type)) }

    public func hasEvent(_ name: String) -> Bool { withBytes(name) { hp_has_event(handle, $0) } }

    public func hasRoute(_ name: UnsafeRawBufferPointer) -> Bool { hp_has_route(handle, name.hpBytes) }

    /// Runs a chain. `outcome` holds pointers that are valid until the next call on this state.
    @inline(__always)
    public func run(_ input: UnsafePointer<hp_input>, _ outcome: UnsafeMutablePointer<hp_outcome>) {
        hp_run(handle, input, outcome)
    }

    /// Lets a waiting execution go on with the results of the call it waits in.
    public func resume(_ execution: UInt64, with values: [LuaValue], _ outcome: UnsafeMutablePointer<hp_outcome>) {
        withBytes(LuaValue.encode(values)) { hp_resume(handle, execution, $0, false, outcome) }
    }

    /// Lets a waiting execution go on with an error raised in the call it waits in.
    public func resume(_ execution: UInt64, failing reason: String, _ outcome: UnsafeMutablePointer<hp_outcome>) {
        withBytes(reason) { hp_resume(handle, execution, $0, true, outcome) }
    }

    /// Ends a waiting execution; nothing of the script runs any more. False if it does not wait (any more).
    @discardableResult
    public func cancel(_ execution: UInt64) -> Bool { hp_cancel(handle, execution) }

    /// An execution has waited longer than it may: a budget kill of its handler. It ends with that, or goes on with the next handler where the
    /// plugin's errors are skipped.
    public func overdue(_ execution: UInt64, _ outcome: UnsafeMutablePointer<hp_outcome>) { hp_overdue(handle, execution, outcome) }

    /// Runs one function given to hpush.spawn; false if there is none. Call it after `run`, `resume` and `initialise` until it says false,
    /// or for some milliseconds; when `spawned` is not 0 then, again in the loop's next turn (what spawned functions spawn waits for it).
    @inline(__always)
    public func runSpawned(_ outcome: UnsafeMutablePointer<hp_outcome>) -> Bool { hp_run_spawned(handle, outcome) }

    /// Moves the clock of a state that was made with a time.
    public func setTime(_ time: PluginTime) { hp_state_set_clock(handle, time.now, time.monotonic) }

    /// Functions given to hpush.spawn that are not started yet will not be.
    public func dropSpawned() { hp_drop_spawned(handle) }

    // MARK: Numbers

    /// Bytes the scripts hold.
    public var memory: Int { hp_state_memory(handle) }
    public var waiting: Int { Int(hp_state_executions(handle)) }
    /// Functions given to hpush.spawn that are not started yet.
    public var spawned: Int { Int(hp_state_spawned(handle)) }

    /// Has hpush.monotonic show the nanoseconds at `clock`, a loop's, which outlives the state, in place of asking the kernel each time.
    public func followClock(_ clock: UnsafePointer<UInt64>) { hp_state_follow_clock(handle, clock) }

    public func collectGarbage() { hp_state_collect(handle) }

    /// Each handler of a plugin with its numbers since the state was made.
    public func handlers(of plugin: Int) -> [HandlerStatistics] {
        var found: [HandlerStatistics] = []
        var name = hp_bytes()
        var stats = hp_handler_stats()
        while hp_handler(handle, UInt32(plugin), UInt32(found.count), &name, &stats) {
            found.append(HandlerStatistics(name: name.text, stats))
        }
        return found
    }

    /// Has `PluginServices.admit` asked before a plugin's handlers run, or not any more.
    public func setGuarded(_ plugin: Int, _ guarded: Bool) { hp_state_guard(handle, UInt32(plugin), guarded) }

    public func failure(_ outcome: hp_outcome) -> PluginFailure { failure(outcome.failure) }

    public func failure(_ failure: hp_failure) -> PluginFailure {
        let index = Int(failure.plugin)
        return PluginFailure(
            failure, plugin: index < pluginNames.count ? pluginNames[index] : "host", handler: handlerName(failure.plugin, failure.handler))
    }

    /// "inbound.message_request"; nil where there is none.
    public func handlerName(_ plugin: UInt32, _ index: UInt32) -> String? {
        var name = hp_bytes()
        var stats = hp_handler_stats()
        return hp_handler(handle, plugin, index, &name, &stats) ? name.text : nil
    }

    // MARK: Callbacks

    private var bundles: [PluginBundle] = []

    fileprivate func call(_ call: UnsafeMutablePointer<hp_call>) -> hp_call_status {
        if let phase, needsLoop[Int(call.pointee.function)] {
            let reason = "\(names[Int(call.pointee.function)]) can't be called in \(phase); use hpush.spawn"
            _ = call.pointee.results.append(Array(reason.utf8))
            return HP_CALL_FAILED
        }
        let arguments = UnsafeRawBufferPointer(start: call.pointee.arguments.data, count: call.pointee.arguments.length)
        let hostCall = HostCall(
            arguments: LuaValue.decode(arguments, count: Int(call.pointee.count)),
            function: Int(call.pointee.function), plugin: Int(call.pointee.plugin),
            session: call.pointee.session, execution: call.pointee.execution, tag: call.pointee.tag, state: self)
        do {
            switch try calls[Int(call.pointee.function)](hostCall) {
            case .values(let values):
                return call.pointee.results.append(LuaValue.encode(values)) ? HP_CALL_OK : HP_CALL_FAILED
            case .wait:
                return HP_CALL_WAIT
            }
        } catch {
            _ = call.pointee.results.append(Array("\(error)".utf8))
            return HP_CALL_FAILED
        }
    }

    fileprivate func redirect(
        _ call: UnsafePointer<hp_call>, _ message: OpaquePointer, _ uid: hp_bytes, _ sessions: UnsafeMutablePointer<UInt32>,
        _ nodes: UnsafeMutablePointer<UInt32>
    ) -> hp_call_status {
        let target = uid.data.map { UnsafeRawBufferPointer(start: $0, count: uid.length) }
        switch redirects(MessageReference(message), target, call) {
        case .queued(let reachedSessions, let reachedNodes):
            sessions.pointee = reachedSessions
            nodes.pointee = reachedNodes
            return HP_CALL_OK
        case .failed(let reason):
            _ = call.pointee.results.append(Array(reason.utf8))
            return HP_CALL_FAILED
        case .wait:
            return HP_CALL_WAIT
        }
    }

    fileprivate func log(_ plugin: UInt32, _ level: UInt32, _ text: hp_bytes) {
        services.log(plugin: Int(plugin), of: self, level: PluginLogLevel(rawValue: level) ?? .info, text: text.text)
    }

    fileprivate func admit(_ execution: GuardedExecution) -> hp_admission {
        switch services.admit(execution, of: self) {
        case .runs: hp_admission(runs: true, probe: false, code: 0, info: hp_bytes())
        case .probe: hp_admission(runs: true, probe: true, code: 0, info: hp_bytes())
        case .refused(let code, let info):
            hp_admission(runs: false, probe: false, code: code, info: hp_bytes(data: info.utf8Start, length: info.utf8CodeUnitCount))
        }
    }

    fileprivate func passed(_ execution: GuardedExecution) { services.passed(execution, of: self) }

    fileprivate func skipped(_ failure: hp_failure, _ execution: GuardedExecution) {
        services.skipped(self.failure(failure), execution, of: self)
    }

    fileprivate func stepped(_ step: UnsafePointer<hp_step>) { services.stepped(step, of: self) }

    fileprivate func part(_ plugin: UInt32, _ name: hp_bytes, _ source: UnsafeMutablePointer<hp_buffer>) -> Bool {
        guard Int(plugin) < bundles.count, let text = bundles[Int(plugin)].parts[name.text] else { return false }
        return source.append(text)
    }
}

/// What the C side holds: the state behind a reference that does not keep it alive.
private final class CallbackContext {
    @exclusivity(unchecked) var state: Unmanaged<PluginState>?
}

private enum PluginCallbacks {
    /// The table of callbacks, the same for all states.
    nonisolated(unsafe) static let host: UnsafePointer<hp_host> = {
        let table = UnsafeMutablePointer<hp_host>.allocate(capacity: 1)
        table.initialize(
            to: hp_host(
                abi: HP_PLUGIN_ABI, size: UInt32(MemoryLayout<hp_host>.size),
                call: { context, call in
                    guard let state = PluginCallbacks.state(context), let call else { return HP_CALL_FAILED }
                    return state._withUnsafeGuaranteedRef { $0.call(call) }
                },
                redirect: { context, call, message, uid, sessions, nodes in
                    guard let state = PluginCallbacks.state(context), let call, let message, let sessions, let nodes else {
                        return HP_CALL_FAILED
                    }
                    return state._withUnsafeGuaranteedRef { $0.redirect(call, message, uid, sessions, nodes) }
                },
                log: { context, plugin, level, text in
                    PluginCallbacks.state(context)?._withUnsafeGuaranteedRef { $0.log(plugin, level, text) }
                },
                part: { context, plugin, name, source in
                    guard let state = PluginCallbacks.state(context), let source else { return false }
                    return state._withUnsafeGuaranteedRef { $0.part(plugin, name, source) }
                },
                admit: { context, plugin, kind, session, tag in
                    guard let state = PluginCallbacks.state(context) else { return hp_admission() }
                    let execution = GuardedExecution(plugin: Int(plugin), kind: hp_kind(kind), session: session, tag: tag)
                    return state._withUnsafeGuaranteedRef { $0.admit(execution) }
                },
                passed: { context, plugin, session, tag in
                    let execution = GuardedExecution(plugin: Int(plugin), kind: HP_INBOUND, session: session, tag: tag)
                    PluginCallbacks.state(context)?._withUnsafeGuaranteedRef { $0.passed(execution) }
                },
                skipped: { context, failure, kind, session, tag in
                    guard let failure else { return }
                    let plugin = Int(failure.pointee.plugin)
                    let execution = GuardedExecution(plugin: plugin, kind: hp_kind(kind), session: session, tag: tag)
                    PluginCallbacks.state(context)?._withUnsafeGuaranteedRef { $0.skipped(failure.pointee, execution) }
                },
                stepped: { context, step in
                    guard let step else { return }
                    PluginCallbacks.state(context)?._withUnsafeGuaranteedRef { $0.stepped(step) }
                }))
        return UnsafePointer(table)
    }()

    @inline(__always)
    static func state(_ context: UnsafeMutableRawPointer?) -> Unmanaged<PluginState>? {
        guard let context else { return nil }
        return Unmanaged<CallbackContext>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.state }
    }
}
