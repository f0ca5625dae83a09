import CPluginBridge
import PluginHost
import Testing
import WireProtocol

/// `on_error: skip`: what fails, or uses up a budget, is left out of the chain.
@Suite struct SkippedTests {
    private static let limits = PluginLimits(runMilliseconds: 30, memoryMegabytes: 16, suspended: 10)

    private func bench(_ handler: String) throws -> PluginBench {
        try PluginBench(
            [
                .init(
                    name: "a", source: "return { api = 1, inbound = { message_request = function(ctx, msg) \(handler) end } }",
                    settings: .fields(["on_error": .text("skip")])),
                .init(
                    name: "b",
                    source: """
                        return { api = 1, inbound = { message_request = function(ctx, msg)
                          if msg.content == "ask" then hpush.ask() end
                          return hpush.reject { code = 77, info = msg.content }
                        end } }
                        """),
            ], limits: Self.limits)
    }

    @Test(arguments: [
        "error('no')", "while true do end", "pcall(function() while true do end end)",
        "coroutine.wrap(function() while true do end end)()", "hpush.ask() while true do end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(1e5) .. #t end", "hpush.reject { code = 5, info = 'not this' } while true do end",
    ])
    func theNextHandlerRuns(_ handler: String) throws {
        let bench = try bench(handler)
        for _ in 0..<3 {
            var outcome = try bench.inbound(chat())
            if outcome.verdict == HP_WAITING { outcome = bench.resume(outcome.execution, []) }
            #expect(outcome.verdict == HP_REJECT && outcome.code == 77 && outcome.info == "hi" && outcome.plugin == 1, "\(outcome)")
        }
        #expect(bench.state.waiting == 0)
        #expect(bench.host.logs.count == 3)
    }

    @Test func aWaitThatIsTooLongIsLeftOut() throws {
        let bench = try bench("hpush.ask()")
        let waiting = try bench.inbound(chat())
        #expect(waiting.verdict == HP_WAITING)
        let end = bench.overdue(waiting.execution)
        #expect(end.verdict == HP_REJECT && end.info == "hi", "\(end)")
        #expect(bench.resume(waiting.execution, []).verdict == HP_FAILED)
        #expect(bench.state.waiting == 0)
        // The next one may wait in its turn, and its errors are not skipped.
        let first = try bench.inbound(chat("ask"))
        let second = bench.overdue(first.execution)
        #expect(second.verdict == HP_WAITING && second.execution == first.execution)
        let failed = bench.overdue(second.execution)
        #expect(failed.failure?.kind == .wait && failed.failure?.plugin == "b", "\(failed)")
        #expect(bench.state.waiting == 0)
    }

    @Test func outboundHandlersToo() throws {
        let bench = try PluginBench(
            "return { api = 1, outbound = { message_request = function(ctx, msg) while true do end end } }",
            settings: .fields(["on_error": .text("skip")]), limits: Self.limits)
        #expect(try bench.outbound(chat()).verdict == HP_NEXT)
    }
}
