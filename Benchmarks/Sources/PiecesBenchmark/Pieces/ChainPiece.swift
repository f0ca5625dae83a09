import CPluginBridge
import CWire
import Messaging
import PluginHost

/// The benchmark's pipeline (rate_limit, login, chat_redirect; budgets on) over a thousand sessions' messages, and the same messages redirected
/// natively: the difference is the price of Lua. And the same chain without budgets and numbers: the difference is their price.
enum ChainPiece {
    static func run(plugins folder: String) throws -> [Row] {
        Watchdog.watchThread()
        let sample = SampleFrames.shared
        let population = try Population(sample.users)
        let outbox = Outbox(population.routes)
        // None of them is on the path of a message that arrives.
        let functions: [HostFunction<Outbox>] = HostFunctionCatalog.functions.map { function in
            HostFunction(function.name, need: function.need, waits: function.waits) { _, _ in
                throw HostCallError("\(function.name) is not to be called here")
            }
        }
        let loader = PluginLoader(limits: PluginLimits())
        let pipeline: [PluginLoader.Entry] = [
            .init(
                name: "rate_limit",
                settings: .fields(["messages_per_second": .integer(1_000_000), "burst": .integer(1_000_000)])),
            .init(name: "login", settings: .fields(["mode": .text("open")])),
            .init(name: "chat_redirect"),
        ]
        let checked = try loader.check(pipeline, in: folder, functions: functions, services: outbox)
        func make(_ use: PluginStateUse) throws -> Chain {
            let state = try loader.makeState(checked, functions: functions, services: outbox, generation: 1, use: use)
            try state.initialise()
            return Chain(state, population.sessions)
        }
        let (chain, unmeasured) = (try make(.handlers), try make(.unmeasured))
        let rows = try Rounds.compare(
            "price of Lua",
            ("chain of 3 plugins", { try chain.run(sample.frames, operations: $0, outbox) }),
            ("native redirect", { try redirect(sample.frames, operations: $0, outbox) }), operations: 200_000)
        let prices = try Rounds.compare(
            "price of budgets and numbers",
            ("chain with budgets and numbers", { try chain.run(sample.frames, operations: $0, outbox) }),
            ("chain without", { try unmeasured.run(sample.frames, operations: $0, outbox) }), operations: 200_000)
        return withExtendedLifetime(outbox) { rows + prices }
    }

    private static func redirect(
        _ frames: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>, operations: Int, _ outbox: Outbox
    ) throws {
        let before = outbox.delivered
        var envelope = hp_envelope()
        for index in 0..<operations {
            let frame = frames[index % 1000]
            guard let body = SampleFrames.body(frame), hp_scan(body, frame.count - Int(HP_FRAME_HEAD), &envelope) == HP_SCAN_OK else {
                break
            }
            let to = UnsafeRawBufferPointer(start: body + Int(envelope.to.offset), count: Int(envelope.to.length))
            _ = outbox.deliver(frame, to: to)
        }
        try MeasuringFailure.check(outbox.delivered - before == operations, "native redirect: a message did not arrive")
    }
}
