import CPluginBridge
import PluginHost

/// One test file in a Lua state of its own, sandboxed as a plugin is.
final class TestFile {
    let path: String
    let definitions: [TestDefinition]
    private let services = TestServices()
    private let state: PluginState
    private let chunks: ChunkNames
    private let runMilliseconds: Int

    /// - Parameters:
    ///   - bundle: the plugin under test; the file can `require` its parts.
    ///   - runMilliseconds: CPU time a test may take between two calls of the host.
    ///   - time: what the file's `os.time` and so on give while it loads.
    /// - Throws: `PluginFailure` when the file can't be loaded.
    init(path: String, source: [UInt8], bundle: PluginBundle, runMilliseconds: Int, time: PluginTime) throws {
        self.path = path
        let stem = path.split(separator: "/").last.map { String($0.dropLast(4)) } ?? "test"
        let chunks = ChunkNames(bundle, testFile: path, stem: stem)
        self.chunks = chunks
        self.runMilliseconds = runMilliseconds
        let parts = bundle.parts.merging([stem: source]) { $1 }
        let prelude = PluginBundle(
            name: bundle.name, mainPath: "hpush test", main: Array(TestPrelude.source(requiring: "\(bundle.name).\(stem)").utf8),
            parts: parts)
        var limits = PluginLimits()
        limits.runMilliseconds = runMilliseconds
        let loader = PluginLoader(limits: limits, time: time)
        do {
            let checked = try loader.check(
                [.init(name: bundle.name)], bundles: [prelude], directory: "", functions: TestServices.functions, services: services)
            state = try loader.makeState(checked, functions: TestServices.functions, services: services, generation: 1)
            try state.initialise()
        } catch let failure as PluginFailure {
            let (place, message) = chunks.place(in: failure.reason)
            throw TestFileFailure(place: place ?? TestPlace(file: path, line: 0), message: message)
        }
        definitions = services.definitions.map { name, place, options in
            TestDefinition(name: name, place: chunks.place(in: place).place ?? TestPlace(file: path, line: 0), options: options)
        }
    }

    /// Runs a test to its end.
    /// - Returns: nil when it passed, else where and why it failed.
    func run(_ index: Int, on driver: TestDriver, printed: @escaping (String) -> Void) -> (place: TestPlace?, message: String)? {
        services.printed = printed
        services.closeReason = { [driver] in driver.closeReason($0) }
        defer { services.closeReason = { _ in nil } }
        driver.node.http = { [unowned self] in try answer($0) }
        driver.timeChanged = { [unowned self] in state.setTime($0) }
        state.setTime(driver.node.clock.time)
        var outcome = hp_outcome()
        route("run", body: "\(index + 1)", &outcome)
        while outcome.verdict == HP_WAITING, let call = services.pending {
            services.pending = nil
            do {
                let values = try serve(call, driver)
                state.setTime(driver.node.clock.time)
                state.resume(call.execution, with: [.bool(true)] + values, &outcome)
            } catch let failure as TestFailure {
                state.setTime(driver.node.clock.time)
                state.resume(call.execution, with: [.bool(false), .text(failure.description)], &outcome)
            } catch {
                state.cancel(call.execution)
                return (nil, "\(error)")
            }
        }
        return failure(in: outcome)
    }

    private func serve(_ call: TestServices.Call, _ driver: TestDriver) throws -> [LuaValue] {
        services.isServing = true
        defer { services.isServing = false }
        return try driver.perform(call.arguments)
    }

    private func failure(in outcome: hp_outcome) -> (place: TestPlace?, message: String)? {
        switch outcome.verdict {
        case HP_FAILED:
            let reason = state.failure(outcome).reason
                .replacing("its budget (plugins.limits.run_ms)", with: "\(runMilliseconds) ms")
            return chunks.place(in: reason)
        case HP_WAITING:
            return (nil, "the test waits for something that never comes")
        default:
            let text = String(decoding: UnsafeRawBufferPointer(start: outcome.result.data, count: outcome.result.length), as: UTF8.self)
            return text.isEmpty ? nil : chunks.place(in: text)
        }
    }

    /// Lets t:http's function answer a request.
    private func answer(_ request: LuaValue) throws -> [LuaValue] {
        services.request = request
        services.answer = []
        var outcome = hp_outcome()
        route("http", body: "", &outcome)
        if let failure = failure(in: outcome) { throw HostCallError(failure.message) }
        return services.answer
    }

    private func route(_ name: String, body: String, _ outcome: inout hp_outcome) {
        var name = name
        var body = body
        name.withUTF8 { name in
            body.withUTF8 { body in
                var input = hp_input()
                input.kind = HP_ROUTE
                input.name = UnsafeRawBufferPointer(name).hpBytes
                input.value = UnsafeRawBufferPointer(body).hpBytes
                state.run(&input, &outcome)
            }
        }
    }
}

/// Why a test file could not be loaded.
struct TestFileFailure: Error {
    let place: TestPlace
    let message: String
}
