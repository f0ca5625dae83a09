import CPluginBridge
import Foundation
import PluginHost

/// A handler that calls a host function which answers at once, and one that waits for the answer: yield, and resume with it.
enum WaitPiece {
    private static let plugin = """
        local call
        local answer = { at_once = hpush.answer_at_once, later = hpush.answer_later }
        local M = { api = 1, config = { how = { type = "string", enum = { "at_once", "later" } } }, inbound = {} }
        function M.init(ctx) call = answer[ctx.config.how] end
        function M.inbound.message_request(ctx, msg)
          if call() == 7 then return hpush.stop end
        end
        return M
        """

    /// - Parameter suspended: handlers that wait at once, for what each holds.
    static func run(suspended: Int) throws -> [Row] {
        Watchdog.watchThread()
        let folder = FileManager.default.temporaryDirectory.appending(path: "hpush-pieces-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try plugin.write(to: folder.appending(path: "waiter.lua"), atomically: true, encoding: .utf8)

        let sample = SampleFrames.shared
        let population = try Population(sample.users)
        let outbox = Outbox(population.routes)
        func make(_ how: String) throws -> (PluginState, Chain) {
            let functions: [HostFunction<Outbox>] = [
                .init("answer_at_once") { _, _ in .values([.integer(7)]) }, .init("answer_later", waits: true) { _, _ in .wait },
            ]
            let loader = PluginLoader(limits: PluginLimits(memoryMegabytes: 4096, suspended: suspended))
            let checked = try loader.check(
                [.init(name: "waiter", settings: .fields(["how": .text(how)]))], in: folder.path, functions: functions, services: outbox)
            let state = try loader.makeState(checked, functions: functions, services: outbox, generation: 1)
            try state.initialise()
            return (state, Chain(state, population.sessions))
        }
        let (state, waiting) = try make("later")
        let (other, atOnce) = try make("at_once")
        let rows = try Rounds.compare(
            "price of yield and resume",
            (
                "host call, waited for",
                { operations in
                    for index in 0..<operations {
                        waiting.one(sample.frames[index % 1000], population.sessions[index % 1000])
                        guard waiting.outcome.pointee.verdict == HP_WAITING else { break }
                        state.resume(waiting.outcome.pointee.execution, with: [.integer(7)], waiting.outcome)
                        guard waiting.outcome.pointee.verdict == HP_STOP else { break }
                    }
                    try check(waiting, state)
                }
            ),
            (
                "host call, answered at once",
                { operations in
                    for index in 0..<operations {
                        atOnce.one(sample.frames[index % 1000], population.sessions[index % 1000])
                        guard atOnce.outcome.pointee.verdict == HP_STOP else { break }
                    }
                    try check(atOnce, other)
                }
            ), operations: 50_000)
        let (crowd, crowded) = try make("later")
        return try withExtendedLifetime((outbox, crowd)) { rows + [try hold(suspended, crowd, crowded, population)] }
    }

    /// Messages that all wait: what one holds in the bridge, coroutine, slot and copy of the message.
    private static func hold(_ count: Int, _ state: PluginState, _ chain: Chain, _ population: Population) throws -> Row {
        let sample = SampleFrames.shared
        let before = ResidentMemory.now
        for index in 0..<count { chain.one(sample.frames[index % 1000], population.sessions[index % 1000]) }
        let held = ResidentMemory.now - before
        try MeasuringFailure.check(state.waiting == count, "wait: \(state.waiting) of \(count) handlers wait")
        return Row(name: "suspended handler", bytes: Double(held) / Double(count))
    }

    private static func check(_ chain: Chain, _ state: PluginState) throws {
        try MeasuringFailure.check(
            chain.outcome.pointee.verdict == HP_STOP, "wait: a handler did not end: \(state.failure(chain.outcome.pointee))")
    }
}
