import CPluginBridge
import Dispatch
import Foundation
import PluginHost
import Testing

/// hpush.offload: a plugin's functions on worker threads, in Lua states of their own.
@Suite struct OffloadTests {
    /// A route `call` that hands its body to a function and gives the number of results and the results, as JSON.
    private static func plugin(_ functions: String, arguments: String = "body", more: String = "") -> String {
        """
        local M = { api = 1, needs = { "offload", "crypto" }, routes = {} }
        function M.routes.call(ctx, body) return list(hpush.offload("f", \(arguments))) end
        M.offload = { \(functions) }
        \(more)
        return M
        """.replacing("list(", with: "(function(...) return hpush.json.encode { select('#', ...), ... } end)(")
    }

    private func answer(_ bench: PluginBench, _ body: String = "x") throws -> Outcome {
        let waiting = bench.route("call", Array(body.utf8))
        guard waiting.verdict == HP_WAITING else { return waiting }
        return try bench.answerOfWorker()
    }

    @Test func valuesGoInAndComeBack() throws {
        let bench = try PluginBench(
            Self.plugin("f = function(...) return select('#', ...), ... end", arguments: "1, 2.5, true, body, { a = { 1, 2 } }"))
        #expect(try answer(bench).resultText == #"[6,5,1,2.5,true,"x",{"a":[1,2]}]"#)
        let nothing = try PluginBench(Self.plugin("f = function() end"))
        #expect(try answer(nothing).resultText == "[0]")
    }

    @Test func errorsAreRaisedAtTheCallerWithBothPlaces() throws {
        let bench = try PluginBench(Self.plugin("f = function()\n error('boom') end"))
        #expect(try answer(bench).failure?.reason == "p.lua:2: p.lua:4: boom")
        #expect(try answer(bench).failure?.reason.hasSuffix("boom") == true, "the worker goes on")
        let caught = try PluginBench(
            """
            return { api = 1, needs = { "offload" }, offload = { f = function() error({}) end }, routes = { call = function()
              return select(2, pcall(hpush.offload, "f")) end } }
            """)
        #expect(try answer(caught).resultText == "error value is a table")
    }

    @Test func aWorkerHasAStateOfItsOwnThatLasts() throws {
        let bench = try PluginBench(
            Self.plugin(
                "f = function() n = n + 1 return n, seen end",
                more: "function M.init(ctx) seen = tostring(ctx.worker) .. ctx.generation end"
            ).replacing("local M =", with: "local n, seen = 0 local M ="))
        #expect(try answer(bench).resultText == #"[2,1,"true7"]"#)
        #expect(try answer(bench).resultText == #"[2,2,"true7"]"#)
    }

    @Test func budgetsHoldOnWorkers() throws {
        let limits = PluginLimits(memoryMegabytes: 8, offloadMilliseconds: 100)
        let endless = try PluginBench(Self.plugin("f = function() while true do end end"), limits: limits)
        #expect(try answer(endless).failure?.reason == "p.lua:2: p.lua:3: ran longer than its budget (plugins.limits.offload_ms)")
        let bomb = try PluginBench(
            Self.plugin("f = function() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end end"), limits: limits)
        #expect(try answer(bomb).failure?.reason.contains("plugins.limits.memory_mb") == true)
        let rows = try #require(bomb.state.offload).handlers(of: "p")
        #expect(rows.first { $0.name == "offload.f" }?.budgetKills == 1)
    }

    @Test func aWorkerMayRunLongerThanAHandler() throws {
        let bench = try PluginBench(
            Self.plugin("f = function() local n = 0 while n < 4e7 do n = n + 1 end return 'done' end"),
            limits: PluginLimits(runMilliseconds: 20, offloadMilliseconds: 60_000))
        #expect(try answer(bench).resultText.contains("done"))
    }

    @Test func whatBelongsToALoopIsRefused() throws {
        let bench = try PluginBench(Self.plugin("f = function() end", arguments: "ctx.session"))
        let refused = bench.route("call", from: bench.host.open("amy"))
        #expect(refused.failure?.reason == "p.lua:2: a session can't be handed to a worker; give the fields that it needs")
        let nested = try PluginBench(Self.plugin("f = function() end", arguments: "{ { x = ctx.session } }"))
        #expect(nested.route("call", from: nested.host.open("amy")).failure?.reason.contains("a session can't be handed") == true)
        let large = try PluginBench(Self.plugin("f = function() end", arguments: "('x'):rep(3 * 1024 * 1024)"))
        #expect(large.route("call").failure?.reason.contains("the arguments are over 2 MB") == true)
        let huge = try PluginBench(Self.plugin("f = function() return ('x'):rep(3 * 1024 * 1024) end"))
        #expect(try answer(huge).failure?.reason.contains("returned more than 2 MB") == true)
    }

    @Test(arguments: [
        ("hpush.sleep(1)", "sleep is not there"), ("hpush.spawn(function() end)", "hpush.spawn is not possible on a worker"),
        ("hpush.offload('f')", "offload is not there"), ("hpush.reject {}", "hpush.reject"),
    ]) func whatWaitsIsNotThere(call: String, reason: String) throws {
        let bench = try PluginBench(Self.plugin("f = function() \(call) end"))
        let outcome = try answer(bench)
        #expect(outcome.failure?.reason.contains(reason) == true, "\(outcome)")
    }

    @Test func whatIsPureIsThere() throws {
        let bench = try PluginBench(
            Self.plugin(
                """
                f = function(text)
                  hpush.log("working") assert(hpush.now() > 0 and #hpush.uuid() == 36)
                  hpush.shared.set("k", 1) hpush.metrics.add("done")
                  return hpush.json.encode({ hpush.base64.encode(text), hpush.crypto.sha256(text), hpush.shared.get("k") })
                end
                """))
        #expect(try answer(bench).resultText.contains("eA=="))
    }

    @Test func unknownFunctionsAreNamed() throws {
        let bench = try PluginBench(Self.plugin("g = function() end, h = function() end"))
        #expect(bench.route("call").failure?.reason == "p.lua:2: plugin p has no offload function 'f'; it has g, h")
        let none = try PluginBench("return { api = 1, needs = { 'offload' }, routes = { call = function() hpush.offload('f') end } }")
        #expect(none.route("call").failure?.reason.contains("plugin p has no offload functions") == true)
        let absent = try PluginBench("return { api = 1, routes = { call = function() hpush.offload('f') end } }")
        #expect(absent.route("call").failure?.reason.contains(#"needs = { "offload" }"#) == true)
    }

    @Test func aFailingInitIsToldAtTheCaller() throws {
        let bench = try PluginBench(
            Self.plugin("f = function() end", more: "function M.init(ctx) if ctx.worker then error('not here') end end"))
        for _ in 0..<2 {
            #expect(try answer(bench).failure?.reason.contains("a worker could not be made: plugin p: p.lua:4: not here") == true)
        }
    }

    @Test func onlyPluginsWithOffloadFunctionsAreLoadedThere() throws {
        let bench = try PluginBench([
            .init(name: "other", source: "return { api = 1, init = function(ctx) if ctx.worker then error('loaded') end end }"),
            .init(name: "p", source: Self.plugin("f = function() return 'fine' end")),
        ])
        #expect(try answer(bench).resultText.contains("fine"))
    }

    @Test func numbersAreThoseOfAllWorkers() throws {
        let source = Self.plugin(
            "f = function(text) if text == 'bad' then error('bad') end local t = {} for i = 1, 1000 do t[i] = i end return #t end")
        let bench = try PluginBench(source, limits: PluginLimits(offloadThreads: 3))
        for body in ["a", "b", "c", "d", "bad", "bad"] { _ = bench.route("call", Array(body.utf8)) }
        for _ in 0..<6 { _ = try bench.answerOfWorker() }
        let workers = try #require(bench.state.offload)
        let row = try #require(workers.handlers(of: "p").first { $0.name == "offload.f" })
        #expect((row.calls, row.errors, row.budgetKills) == (6, 2, 0))
        #expect(row.timedCalls == 4 && row.allocatedBytes > 4 * 16_000 && (row.microseconds(quantile: 0.99) ?? 0) > 1)
        #expect(workers.memory > 0 && workers.waiting == 0)
        #expect(workers.handlers(of: "p").map(\.name) == bench.state.handlers(of: 0).map(\.name))
    }

    @Test func tooManyCallsAreBusy() throws {
        let bench = try PluginBench(
            """
            return { api = 1, needs = { "offload" }, offload = { f = function() local x = 0 for i = 1, 3e7 do x = x + i end end },
              routes = { call = function() local result, why = hpush.offload("f") assert(result == nil) return why end } }
            """, limits: PluginLimits(offloadMilliseconds: 60_000, offloadThreads: 1))
        var busy = 0
        for _ in 0..<(OffloadWorkers.mostWaiting + 50) {
            let outcome = bench.route("call")
            if outcome.verdict == HP_STOP {
                busy += 1
                #expect(outcome.resultText == "busy")
            }
        }
        #expect((45...50).contains(busy), "\(busy)")
    }

    /// The last state of a generation takes the workers along: their threads end, a late answer does nothing.
    @Test func workersEndWithTheLastState() throws {
        final class Held: Sendable {}
        weak var workers: OffloadWorkers?
        weak var held: Held?
        let answers: WorkerAnswers
        do {
            let bench = try PluginBench(Self.plugin("f = function() return 1 end"))
            answers = bench.host.answers
            do {
                let held1 = Held()
                held = held1
                bench.state.offload = OffloadWorkers(
                    bench.checked, loader: PluginLoader(limits: PluginLimits()), functions: FakeHost.functions, generation: 7
                ) { withExtendedLifetime(held1) { FakeHost() } }
            }
            workers = bench.state.offload
            let sibling = try bench.sibling()
            sibling.offload = bench.state.offload
            _ = bench.route("call")
            #expect(workers != nil && held != nil)
        }
        #expect(workers == nil)
        _ = answers.take()
        // What the threads work with goes with the last of them.
        let started = Date()
        while held != nil, Date().timeIntervalSince(started) < 10 { usleep(10_000) }
        #expect(held == nil)
    }
}
