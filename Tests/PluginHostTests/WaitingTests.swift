import CPluginBridge
import PluginHost
import Testing
import WireProtocol

/// Handlers that wait.
@Suite struct WaitingTests {
    static let asking = """
        return { api = 1, inbound = { message_request = function(ctx, msg)
          local a, b = hpush.ask("q", 1)
          msg.content = msg.content .. tostring(a) .. tostring(b) .. ctx.uid
        end }, routes = { r = function() return hpush.ask() end } }
        """

    @Test func aHandlerGoesOnWithTheAnswer() throws {
        let bench = try PluginBench(Self.asking)
        let amy = bench.host.open("amy")
        let first = try bench.inbound(chat(), from: amy)
        let second = try bench.inbound(chat("yo"), from: amy)
        #expect(first.verdict == HP_WAITING && second.verdict == HP_WAITING && first.execution != second.execution)
        #expect(bench.state.waiting == 2)
        let end = bench.resume(second.execution, [.integer(2), .bool(true)])
        #expect(end.verdict == HP_NEXT && end.message?.messageRequest.content == "yo2trueamy")
        #expect(bench.resume(first.execution, []).message?.messageRequest.content == "hinilnilamy")
        #expect(bench.state.waiting == 0)
    }

    @Test func aFailedAnswerIsAnErrorThere() throws {
        let bench = try PluginBench(Self.asking)
        let waiting = try bench.inbound(chat(), from: bench.host.open("amy"))
        #expect(bench.resume(waiting.execution, failing: "no answer").failure?.reason == "p.lua:2: no answer")
    }

    @Test func lateAnswersAreHarmless() throws {
        let bench = try PluginBench(Self.asking)
        let waiting = bench.route("r")
        #expect(bench.state.cancel(waiting.execution))
        #expect(!bench.state.cancel(waiting.execution))
        let late = bench.resume(waiting.execution, [.text("x")])
        #expect(late.verdict == HP_FAILED && late.failure?.reason.isEmpty == true)
        let other = bench.route("r")
        #expect(other.execution != waiting.execution)
        #expect(bench.resume(waiting.execution, [.text("wrong")]).verdict == HP_FAILED)
        #expect(bench.resume(other.execution, [.text("right")]).resultText == "right")
        #expect(bench.resume(other.execution, [.text("again")]).verdict == HP_FAILED)
        #expect(bench.resume(0xffff_ffff_ffff, []).verdict == HP_FAILED)
    }

    @Test func sleepFollowsTheClock() throws {
        let bench = try PluginBench(
            """
            local function nap(name, s) return function() hpush.sleep(s) hpush.log(name) hpush.sleep(s) hpush.log(name) return "done" end end
            return { api = 1, routes = { a = nap("a", 1), b = nap("b", 0.4) } }
            """)
        _ = bench.route("a")
        _ = bench.route("b")
        let outcomes = bench.advance(3)
        #expect(bench.host.logs.map(\.text) == ["b", "b", "a", "a"])
        #expect(outcomes.filter { $0.verdict == HP_STOP }.map(\.resultText) == ["done", "done"])
    }

    @Test func waitingPassesThroughCoroutinesAndPcall() throws {
        let bench = try PluginBench(
            """
            return { api = 1, routes = { r = function()
              local inner = coroutine.wrap(function()
                local ok, a = pcall(function() return coroutine.wrap(function() return hpush.ask() .. "1" end)() end)
                local b = coroutine.yield(a)
                local ok2, why = xpcall(function() return hpush.ask() end, function(m) return "handled " .. m end)
                return b .. tostring(ok2) .. why
              end)
              return inner() .. "|" .. inner("y")
            end, close = function()
              local log = {}
              do local x <close> = setmetatable({}, { __close = function() log[1] = "closed" end }) hpush.ask() end
              return log[1]
            end, iterate = function()
              local t = {}
              for v in function() return hpush.ask() end do t[#t + 1] = v end
              return table.concat(t)
            end, meta = function() return setmetatable({}, { __index = function() return hpush.ask() end }).x end } }
            """)
        let waiting = bench.route("r")
        #expect(waiting.verdict == HP_WAITING, "\(waiting)")
        let second = bench.resume(waiting.execution, [.text("a")])
        #expect(second.verdict == HP_WAITING && second.execution == waiting.execution)
        let end = bench.resume(waiting.execution, failing: "bad")
        #expect(end.resultText.hasPrefix("a1|yfalsehandled "), "\(end)")
        let close = bench.route("close")
        #expect(bench.resume(close.execution, []).resultText == "closed")
        var loop = bench.route("iterate")
        for value: LuaValue in [.text("x"), .text("y")] { loop = bench.resume(loop.execution, [value]) }
        #expect(bench.resume(loop.execution, [.nil]).resultText == "xy")
        let meta = bench.route("meta")
        #expect(bench.resume(meta.execution, [.text("m")]).resultText == "m")
    }

    @Test func theMessageOutlivesTheReadBuffer() throws {
        let bench = try PluginBench(
            "return { api = 1, inbound = { message_request = function(ctx, msg) hpush.ask() return msg.content == 'hi' and hpush.stop end } }"
        )
        var frame = try Frame.encode(chat())
        let waiting = try bench.run(HP_INBOUND, frame: frame, nil)
        for index in frame.indices { frame[index] = 0 }
        #expect(bench.resume(waiting.execution, []).verdict == HP_STOP)
    }

    @Test func aChainGoesOnAfterAWait() throws {
        let bench = try PluginBench([
            .init(
                name: "a", source: "return { api = 1, inbound = { message_request = function(c, msg) hpush.ask() msg.content = 'a' end } }"),
            .init(
                name: "b",
                source:
                    "return { api = 1, inbound = { message_request = function(c, msg) hpush.ask() return hpush.reject { info = msg.content } end } }",
                settings: .fields(["on_error": .text("skip")])),
            .init(name: "c", source: "return { api = 1, inbound = { message_request = function(c, msg) error('never') end } }"),
        ])
        var outcome = try bench.inbound(chat())
        outcome = bench.resume(outcome.execution, [])
        outcome = bench.resume(outcome.execution, [])
        #expect(outcome.verdict == HP_REJECT && outcome.info == "a" && outcome.plugin == 1)
        outcome = try bench.inbound(chat())
        outcome = bench.resume(outcome.execution, [])
        outcome = bench.resume(outcome.execution, failing: "skipped")
        #expect(outcome.failure?.plugin == "c" && bench.host.logs.last?.text.contains("skipped") == true)
    }

    @Test func outboundMustNotWait() throws {
        let bench = try PluginBench("return { api = 1, outbound = { message_request = function(ctx, msg) hpush.sleep(1) end } }")
        #expect(try bench.outbound(chat()).failure?.reason.contains("which an outbound handler must not") == true)
        #expect(bench.host.waits.isEmpty)
    }

    @Test func aWaitThatEndsWithAnErrorAfterwards() throws {
        let bench = try PluginBench("return { api = 1, routes = { r = function() hpush.ask() error('after') end } }")
        let waiting = bench.route("r")
        #expect(bench.resume(waiting.execution, []).failure?.reason == "p.lua:1: after")
        #expect(bench.state.waiting == 0)
    }

    @Test func stateFreedWhileHandlersWait() throws {
        do {
            let bench = try PluginBench(Self.asking)
            for _ in 0..<10 { _ = try bench.inbound(chat(), from: bench.host.open("amy")) }
            #expect(bench.state.waiting == 10)
        }
    }

    @Test func spawnedFunctionsRunAfterwardsInOrder() throws {
        let bench = try PluginBench(
            """
            return { api = 1, init = function() hpush.spawn(function() hpush.log("init") end) end, routes = { r = function()
              for i = 1, 40 do hpush.spawn(function() hpush.log(tostring(i)) if i == 2 then error("x") end if i == 3 then hpush.sleep(1) hpush.log("3 again") end end) end
              hpush.log("r")
            end } }
            """)
        #expect(bench.runSpawned().count == 1)
        _ = bench.route("r")
        let outcomes = bench.runSpawned()
        #expect(outcomes.count == 40 && outcomes[1].failure?.reason == "p.lua:2: x" && outcomes[2].verdict == HP_WAITING)
        #expect(bench.host.logs.map(\.text) == ["init", "r"] + (1...40).map(String.init))
        #expect(bench.advance(1).map(\.verdict) == [HP_NEXT])
        #expect(bench.host.logs.last?.text == "3 again")
        #expect(bench.state.handlers(of: 0).last?.name == "spawn" && bench.state.handlers(of: 0).last?.calls == 41)
    }
}
