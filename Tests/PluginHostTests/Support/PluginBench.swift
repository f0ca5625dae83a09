import CPluginBridge
import Foundation
import PluginHost
import Testing
import WireProtocol

/// Plugins on a fake host, for a test: messages, events and so on go in, outcomes come out.
final class PluginBench {
    struct Plugin {
        var name: String
        var source: String
        var parts: [String: String] = [:]
        var settings: LuaValue = .nil
    }

    static let pluginsFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../plugins").standardized.path
    static let examplesFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../examples").standardized.path

    let host: FakeHost
    let state: PluginState
    let checked: PluginLoader.Checked
    private let loader: PluginLoader

    init(_ plugins: [Plugin], host: FakeHost = FakeHost(), limits: PluginLimits = PluginLimits(), folder: String = pluginsFolder) throws {
        self.host = host
        loader = PluginLoader(limits: limits)
        let bundles = plugins.map {
            PluginBundle(
                name: $0.name, mainPath: "\($0.name).lua", main: Array($0.source.utf8), parts: $0.parts.mapValues { Array($0.utf8) })
        }
        checked = try loader.check(
            plugins.map { .init(name: $0.name, settings: $0.settings) }, bundles: bundles, directory: folder,
            functions: FakeHost.functions, services: host)
        state = try loader.makeState(checked, functions: FakeHost.functions, services: host, generation: 7)
        state.offload = Self.workers(checked, loader)
        try state.initialise()
    }

    /// One plugin that is called `p`.
    convenience init(
        _ source: String, settings: LuaValue = .nil, parts: [String: String] = [:], host: FakeHost = FakeHost(),
        limits: PluginLimits = PluginLimits()
    ) throws {
        try self.init([Plugin(name: "p", source: source, parts: parts, settings: settings)], host: host, limits: limits)
    }

    /// Plugins from a folder of the repository, in pipeline order.
    init(bundled pipeline: [(String, LuaValue)], host: FakeHost = FakeHost(), folder: String = pluginsFolder) throws {
        self.host = host
        loader = PluginLoader(limits: PluginLimits())
        checked = try loader.check(
            pipeline.map { .init(name: $0.0, settings: $0.1) }, in: folder, functions: FakeHost.functions, services: host)
        state = try loader.makeState(checked, functions: FakeHost.functions, services: host, generation: 7)
        state.offload = Self.workers(checked, loader)
        try state.initialise()
    }

    /// Each worker has a host of its own; what waits is not there.
    private static func workers(_ checked: PluginLoader.Checked, _ loader: PluginLoader) -> OffloadWorkers? {
        let functions = FakeHost.functions.map { function in
            guard function.waits else { return function }
            return HostFunction<FakeHost>(function.name, need: function.need) { _, _ in throw HostCallError("\(function.name) is not there")
            }
        }
        return OffloadWorkers(checked, loader: loader, functions: functions, generation: 7) { FakeHost() }
    }

    /// The next answer of a worker, to the handler that waits for it.
    func answerOfWorker() throws -> Outcome {
        let answer = try #require(host.answers.take())
        switch answer.result {
        case .success(let values): return resume(answer.execution, values)
        case .failure(let error): return resume(answer.execution, failing: error.description)
        }
    }

    /// Another state of the same plugins, as a reload makes it.
    func sibling() throws -> PluginState {
        try loader.makeState(checked, functions: FakeHost.functions, services: host, generation: 8)
    }

    // MARK: Running

    func inbound(_ message: WireMessage, from session: FakeSession? = nil) throws -> Outcome {
        try run(HP_INBOUND, message, session)
    }

    func outbound(_ message: WireMessage, to session: FakeSession? = nil) throws -> Outcome {
        try run(HP_OUTBOUND, message, session)
    }

    private func run(_ kind: hp_kind, _ message: WireMessage, _ session: FakeSession?) throws -> Outcome {
        try run(kind, frame: Frame.encode(message), session)
    }

    func run(_ kind: hp_kind, frame: [UInt8], _ session: FakeSession?, event: String = "") throws -> Outcome {
        try frame.withUnsafeBytes { bytes in
            let envelope = try Envelope(scanning: UnsafeRawBufferPointer(rebasing: bytes[8...]))
            return withUnsafePointer(to: envelope.raw) { raw in
                var input = input(kind, session)
                input.type = envelope.type
                input.sequence = envelope.sequence
                input.frame = hp_bytes(data: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), length: bytes.count)
                input.envelope = raw
                return run(&input, name: Array(event.utf8))
            }
        }
    }

    @discardableResult
    func event(_ name: String, _ session: FakeSession? = nil, value: LuaValue? = nil) -> Outcome {
        var input = input(HP_EVENT, session)
        return run(&input, name: Array(name.utf8), value: value.map { LuaValue.encode([$0]) } ?? [])
    }

    func route(_ name: String, _ body: [UInt8] = [], from session: FakeSession? = nil) -> Outcome {
        var input = input(HP_ROUTE, session)
        input.type = 100
        return run(&input, name: Array(name.utf8), value: body)
    }

    func timer(_ plugin: Int, _ index: Int) -> Outcome {
        var input = input(HP_TIMER, nil)
        input.plugin = UInt32(plugin)
        input.index = UInt32(index)
        return run(&input)
    }

    private func input(_ kind: hp_kind, _ session: FakeSession?) -> hp_input {
        var input = hp_input()
        input.kind = kind
        if let session {
            input.session = session.handle
            input.uid = hp_bytes(data: session.uidBytes.baseAddress?.assumingMemoryBound(to: UInt8.self), length: session.uid.utf8.count)
        }
        return input
    }

    private func run(_ input: inout hp_input, name: [UInt8] = [], value: [UInt8] = []) -> Outcome {
        name.withUnsafeBufferPointer { name in
            value.withUnsafeBufferPointer { value in
                input.name = hp_bytes(data: name.baseAddress, length: name.count)
                input.value = hp_bytes(data: value.baseAddress, length: value.count)
                var raw = hp_outcome()
                state.run(&input, &raw)
                return Outcome(raw, of: state)
            }
        }
    }

    // MARK: Waiting

    func resume(_ execution: UInt64, _ values: [LuaValue]) -> Outcome {
        var raw = hp_outcome()
        state.resume(execution, with: values, &raw)
        return Outcome(raw, of: state)
    }

    func overdue(_ execution: UInt64) -> Outcome {
        var raw = hp_outcome()
        state.overdue(execution, &raw)
        return Outcome(raw, of: state)
    }

    func resume(_ execution: UInt64, failing reason: String) -> Outcome {
        var raw = hp_outcome()
        state.resume(execution, failing: reason, &raw)
        return Outcome(raw, of: state)
    }

    /// Moves the clock and wakes who sleeps, in order of time.
    func advance(_ seconds: Double) -> [Outcome] {
        let end = host.now + seconds
        var outcomes: [Outcome] = []
        while let next = host.waits.enumerated().filter({ $0.element.due.map { $0 <= end } ?? false }).min(by: {
            ($0.element.due ?? 0) < ($1.element.due ?? 0)
        }) {
            host.waits.remove(at: next.offset)
            host.now = next.element.due ?? host.now
            outcomes.append(resume(next.element.execution, next.element.values))
        }
        host.now = end
        return outcomes
    }

    /// Answers the calls that wait for the test, oldest first, also those they lead to; the last outcome.
    func answerAll() -> Outcome? {
        var last: Outcome?
        while let index = host.waits.firstIndex(where: { $0.due == nil }) {
            let wait = host.waits.remove(at: index)
            last = resume(wait.execution, wait.values)
        }
        return last
    }

    /// One round of spawned functions.
    func runSpawned() -> [Outcome] {
        var outcomes: [Outcome] = []
        var raw = hp_outcome()
        while state.runSpawned(&raw) { outcomes.append(Outcome(raw, of: state)) }
        return outcomes
    }
}
