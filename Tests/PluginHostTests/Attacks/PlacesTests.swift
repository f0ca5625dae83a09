import CPluginBridge
import PluginHost
import Testing
import WireProtocol

/// The budget holds wherever a script runs, not in handlers of messages alone.
@Suite(.serialized) struct PlacesTests {
    static let limits = PluginLimits(runMilliseconds: 60, memoryMegabytes: 16, suspended: 100)

    private func failure(of source: String) throws -> PluginFailure {
        let start = threadMilliseconds()
        let failure = try #require(throws: PluginFailure.self) { try PluginBench(source, limits: Self.limits) }
        #expect(threadMilliseconds() - start < 60 * 10 + 300)
        return failure
    }

    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "coroutine.wrap(function() while true do end end)()",
        "return { api = 1, init = function() while true do end end }",
        "return { api = 1, init = function() while true do pcall(coroutine.wrap(function() while true do end end)) end end }",
        "return { api = 1, needs = setmetatable({}, { __index = function() while true do end end }), init = function() while true do end end }",
    ]) func loopsWhileLoading(_ source: String) throws {
        #expect(try failure(of: source).kind == .runBudget)
    }

    @Test(arguments: [
        "local t = {} while true do t = { t } end", "local s = 'xxxxxxxx' while true do s = s .. s end",
        "return { api = 1, init = function() local t = {} while true do t = { t } end end }",
    ]) func memoryWhileLoading(_ source: String) throws {
        #expect([.memory, .runBudget].contains(try failure(of: source).kind))
    }

    @Test(arguments: [
        "error({})", "error()", "local function f() return 1 + f() end f()", "coroutine.yield()", "hpush.sleep(1)", "hpush.spawn(print)",
        "return { api = 1, init = function() coroutine.yield() end }", "return { api = 1, init = function() hpush.sleep(1) end }",
        "\u{1b}Lua", "return nil", "return 1", "syntax error", "return hpush.reject {}",
    ]) func errorsWhileLoading(_ source: String) throws {
        let failure = try failure(of: source)
        #expect(failure.plugin == "p" && !failure.reason.isEmpty && !failure.reason.contains("\n"))
    }

    @Test func aTableWithMetamethodsIsReadRaw() throws {
        let bench = try PluginBench(
            """
            local loop = function() while true do end end
            local m = { __index = loop, __pairs = loop, __len = loop, __call = loop, __tostring = loop, __newindex = loop }
            return setmetatable({ api = 1, inbound = setmetatable({}, m), timers = setmetatable({}, m), needs = setmetatable({}, m) }, m)
            """, limits: Self.limits)
        #expect(bench.checked.plugins[0].inbound.isEmpty)
    }

    static let everywhere = """
        local function loop() while true do pcall(function() while true do end end) end end
        return {
          api = 1,
          inbound = { ["*"] = function() hpush.spawn(loop) end },
          outbound = { ["*"] = loop },
          events = { session_open = loop },
          routes = { r = loop },
          timers = { { every = 1, run = loop } },
          save = loop,
          restore = loop,
        }
        """

    @Test func loopsInOtherPlaces() throws {
        let bench = try PluginBench(Self.everywhere, limits: Self.limits)
        for outcome in [bench.route("r"), bench.timer(0, 0), try bench.outbound(chat())] { #expect(outcome.failure?.kind == .runBudget) }
        #expect(try bench.inbound(chat()).verdict == HP_NEXT)
        let spawned = bench.runSpawned()
        #expect(spawned.map(\.failure?.kind) == [.runBudget])
        #expect(#expect(throws: PluginFailure.self) { try bench.state.save(0) }?.kind == .runBudget)
        #expect(#expect(throws: PluginFailure.self) { try bench.state.restore(0, .nil, oldVersion: nil) }?.kind == .runBudget)
    }

    @Test func aLoopInAnEventEndsItWholly() throws {
        let bench = try PluginBench(Self.everywhere, limits: Self.limits)
        let outcome = bench.event("session_open", bench.host.open("amy"))
        #expect(outcome.failure?.kind == .runBudget)
        #expect(outcome.failure?.reason.contains("p.lua:1") == true)
    }

    @Test func aFunctionThatSpawnsItselfRunsOnceARound() throws {
        let bench = try PluginBench(
            "local function again() hpush.spawn(again) end return { api = 1, routes = { r = function() again() end } }")
        _ = bench.route("r")
        var raw = hp_outcome()
        for _ in 0..<3 {
            #expect(bench.state.runSpawned(&raw))
            #expect(!bench.state.runSpawned(&raw), "the one it spawned has the next round")
            #expect(bench.state.spawned == 1)
        }
    }

    @Test func spawnedFunctionsThatSpawnWaitForTheNextRound() throws {
        let bench = try PluginBench(
            """
            local function again() hpush.spawn(again) hpush.spawn(again) end
            return { api = 1, routes = { r = again } }
            """, limits: Self.limits)
        _ = bench.route("r")
        #expect(bench.runSpawned().count == 2)
        #expect(bench.runSpawned().count == 4)
        for _ in 0..<10 { #expect(bench.runSpawned().count <= 100) }
        #expect(bench.state.spawned <= 100)
    }

    @Test func handlersThatWaitAreBounded() throws {
        let bench = try PluginBench(
            "return { api = 1, inbound = { message_request = function() hpush.sleep(1) end }, routes = { r = function() return 'ok' end } }",
            limits: Self.limits)
        var outcomes: [Outcome] = []
        for _ in 0..<150 { outcomes.append(try bench.inbound(chat())) }
        #expect(outcomes[..<100].allSatisfy { $0.verdict == HP_WAITING })
        #expect(
            outcomes[100...].allSatisfy { $0.failure?.kind == .busy && $0.failure?.reason.contains("plugins.limits.suspended") == true })
        #expect(bench.state.waiting == 100)
        // Who does not wait is served meanwhile.
        #expect(bench.route("r").resultText == "ok")
        #expect(bench.advance(2).allSatisfy { $0.verdict == HP_NEXT })
        #expect(bench.state.waiting == 0)
        #expect(bench.route("r").resultText == "ok")
    }

    @Test func spawnedFunctionsThatWaitAreBounded() throws {
        let bench = try PluginBench(
            "return { api = 1, routes = { r = function() for _ = 1, 60 do hpush.spawn(function() hpush.sleep(1) end) end end } }",
            limits: Self.limits)
        _ = bench.route("r")
        _ = bench.runSpawned()
        _ = bench.route("r")
        let second = bench.runSpawned()
        #expect(second.contains { $0.failure?.kind == .busy })
        bench.advance(2).forEach { #expect($0.verdict == HP_NEXT) }
        #expect(bench.state.waiting == 0)
    }

    @Test func keptObjectsAreOverAfterTheirHandler() throws {
        let source = """
            local ctx, msg
            local function use()
              for _, f in ipairs { function() return msg.to end, function() msg.to = "x" end, function() return ctx.uid end,
                                   function() return msg:size() end, function() return msg:copy() end, function() hpush.echo(msg) end,
                                   function() hpush.redirect(msg) end } do
                local ok, why = pcall(f)
                assert(not ok and why:find("after its handler ended"), why)
              end
              return "good"
            end
            return {
              api = 1, needs = { "redirect" }, routes = { use = use, spawn = function() hpush.spawn(use) end }, timers = { { every = 1, run = use } },
              inbound = { message_request = function(c, m) if msg then use() end ctx, msg = c, m end },
            }
            """
        let bench = try PluginBench(source, limits: Self.limits)
        #expect(try bench.inbound(chat()).verdict == HP_NEXT)
        #expect(try bench.inbound(chat()).failure == nil)
        let outcome = bench.route("use")
        #expect(outcome.resultText == "good", "\(outcome)")
        #expect(bench.timer(0, 0).failure == nil)
        _ = bench.route("spawn")
        #expect(bench.runSpawned().map(\.failure) == [nil])
    }

    @Test func pluginsDoNotShareTheirSurroundings() throws {
        let vandal = """
            for k in pairs(string) do rawset(string, k, nil) end
            rawset(table, "sort", function() error("mine") end)
            rawset(hpush, "now", function() error("mine") end)
            rawset(hpush.json, "encode", function() error("mine") end)
            rawset(hpush.shared, "get", function() error("mine") end)
            rawset(coroutine, "wrap", nil)
            rawset(math, "floor", nil)
            rawset(_ENV, "print", nil)
            rawset(_ENV, "leak", 1)
            return { api = 1 }
            """
        let victim = """
            return { api = 1, routes = { r = function()
              assert(rawget(_ENV, "leak") == nil and not pcall(function() return leak end))
              table.sort({ 2, 1 })
              coroutine.wrap(print)("x")
              hpush.shared.get("k")
              return ("%d"):format(math.floor(hpush.now() > 0 and 1.5 or 0)) .. hpush.json.encode({})
            end } }
            """
        let bench = try PluginBench([.init(name: "vandal", source: vandal), .init(name: "victim", source: victim)], limits: Self.limits)
        let outcome = bench.route("r")
        #expect(outcome.resultText == "1{}", "\(outcome)")
    }

    @Test func aLeakIsTheLoadersAndIsNamed() throws {
        let bench = try PluginBench(
            "local t = {} return { api = 1, routes = { fill = function() while true do t[#t + 1] = ('x'):rep(1000) .. #t end end, r = function() return 'ok' end } }",
            limits: Self.limits)
        var outcome = bench.route("fill")
        for _ in 0..<20 where outcome.failure?.kind != .memory { outcome = bench.route("fill") }
        #expect(outcome.failure?.kind == .memory)
        #expect(outcome.failure?.reason.contains("plugins.limits.memory_mb") == true)
        #expect(bench.state.memory <= 16 << 20)
    }

    @Test func aCoroutineThatWaitsBelongsToItsHandler() throws {
        let source = """
            local co
            return { api = 1, routes = {
              wait = function() co = coroutine.create(function() return hpush.ask("q") end) local ok, a = coroutine.resume(co) return tostring(a) end,
              steal = function() local ok, why = coroutine.resume(co) return tostring(ok) .. tostring(why) end,
            } }
            """
        let bench = try PluginBench(source, limits: Self.limits)
        let waiting = bench.route("wait")
        #expect(waiting.verdict == HP_WAITING)
        let stolen = bench.route("steal")
        #expect(stolen.resultText.contains("false"), "\(stolen)")
        let end = bench.resume(waiting.execution, [.text("secret")])
        #expect(!end.resultText.contains("secret"))
    }

    @Test func aCoroutineThatWaitsIsClosedByAnotherHandler() throws {
        let source = """
            local co
            return { api = 1, routes = {
              wait = function() co = coroutine.create(function() return hpush.ask("q") end)
                return tostring(select(2, coroutine.resume(co))) end,
              close = function() return tostring(coroutine.close(co)) .. coroutine.status(co) end,
            } }
            """
        let bench = try PluginBench(source, limits: Self.limits)
        let waiting = bench.route("wait")
        #expect(bench.route("close").resultText == "truedead")
        #expect(bench.resume(waiting.execution, [.text("x")]).resultText == "cannot resume dead coroutine")
    }

    @Test func aCancelledWaitRunsNothingMore() throws {
        let source = """
            local co
            return { api = 1, routes = {
              wait = function()
                local x <close> = setmetatable({}, { __close = function() hpush.log("closed") end })
                co = coroutine.create(function() pcall(hpush.ask) hpush.log("went on") end)
                coroutine.resume(co)
                hpush.log("went on")
              end,
              go_on = function() return tostring(coroutine.resume(co)) end,
            } }
            """
        let bench = try PluginBench(source, limits: Self.limits)
        let waiting = bench.route("wait")
        #expect(bench.state.cancel(waiting.execution) && bench.state.waiting == 0)
        bench.state.collectGarbage()
        #expect(bench.host.logs.isEmpty)
        // What the script kept is its own: the call it waited in fails there.
        #expect(bench.route("go_on").verdict == HP_STOP)
        #expect(bench.host.logs.map(\.text) == ["went on"])
    }

    @Test func waitingInACloseAfterAnError() throws {
        let source = """
            return { api = 1, routes = { r = function()
              local text = ""
              local ok, why = pcall(function()
                local x <close> = setmetatable({}, { __close = function(_, e) text = hpush.ask() .. tostring(e):sub(-1) end })
                error("e")
              end)
              return text .. tostring(ok)
            end } }
            """
        let bench = try PluginBench(source, limits: Self.limits)
        let waiting = bench.route("r")
        #expect(waiting.verdict == HP_WAITING, "\(waiting)")
        #expect(bench.resume(waiting.execution, [.text("a")]).resultText == "aefalse")
    }

    @Test func aHandlerThatSleepsForEverIsTheHostsToEnd() throws {
        let bench = try PluginBench(
            "return { api = 1, routes = { r = function() while true do pcall(hpush.sleep, 0.1) end end } }", limits: Self.limits)
        let waiting = bench.route("r")
        #expect(bench.advance(10).allSatisfy { $0.verdict == HP_WAITING && $0.execution == waiting.execution })
        #expect(bench.state.cancel(waiting.execution))
        #expect(bench.advance(10).last?.verdict == HP_FAILED)
        #expect(bench.state.waiting == 0)
    }

    @Test func budgetsStartAnewAfterAWait() throws {
        let bench = try PluginBench(
            "return { api = 1, routes = { r = function() hpush.ask() while true do pcall(function() while true do end end) end end } }",
            limits: Self.limits)
        let waiting = bench.route("r")
        #expect(bench.resume(waiting.execution, []).failure?.kind == .runBudget)
        #expect(bench.state.waiting == 0)
    }
}
