import PluginHost
import Testing

@testable import PluginTest

/// What a plugin sees is what it would see on a node. The texts and codes are the node's (Tests/Node has it from outside).
@Suite struct NodeBehaviourTests {
    /// Does what the message's content says.
    static let plugin = """
        local M = { api = 1, version = "1", needs = { "sessions", "redirect", "notify", "store", "token", "http", "redis", "crypto" },
          inbound = {}, outbound = {}, events = {}, routes = {}, timers = {} }
        local log = {}
        local does = {}
        function does.sleep() hpush.sleep(2) end
        function does.long() hpush.sleep(60) end
        function does.fail() error("oops") end
        function does.stop() return hpush.stop end
        function does.nobody() return hpush.reject { code = 6, info = "nobody" } end
        function does.close() return hpush.close { code = 7, info = "out" } end
        function does.kick(ctx) ctx.session:close("bye") end
        function does.attribute(ctx, msg)
          local n = (ctx.session:get("n") or 0) + 1
          ctx.session:set("n", n)
          msg.content = tostring(n)
        end
        function does.spawn(ctx)
          local session = ctx.session
          hpush.spawn(function() hpush.sleep(1) session:notify { spawned = true } end)
        end
        function does.verify(ctx, msg)
          msg.content = tostring(hpush.store.verify("amy", "secret")) .. tostring(hpush.token.verify(hpush.token.issue("amy")))
        end
        function does.http(ctx, msg)
          local answer, reason = hpush.http { url = "http://x/" .. msg.to, body = "b" }
          msg.content = answer and answer.status .. answer.body or reason
        end
        function does.redis(ctx, msg)
          hpush.redis("SET", "k", 5)
          msg.content = hpush.redis("INCR", "k") .. tostring(hpush.redis("GET", "none"))
        end
        function does.count(ctx, msg)
          hpush.metrics.add("seen", 2)
          msg.content = hpush.sessions.local_count() .. " " .. #hpush.sessions.of_user("amy")
        end
        function M.inbound.message_request(ctx, msg)
          local action = does[msg.content]
          if action then return action(ctx, msg) end
        end
        function M.outbound.message_request(ctx, msg)
          if msg.content == "secret" then return hpush.stop end
          if msg.content == "mark" then msg.content = "for " .. ctx.uid end
        end
        function M.events.undeliverable(ctx, msg) ctx.session:notify { undeliverable = msg.to } end
        function M.events.session_open(ctx) log[#log + 1] = "open " .. ctx.uid end
        function M.events.session_close(ctx) log[#log + 1] = "close " .. ctx.uid .. " " .. ctx.session.device end
        function M.routes.log(ctx) return table.concat(log, ", ") end
        function M.routes.wait() hpush.sleep(1) return "late" end
        function M.routes.no() return hpush.reject { code = 4, info = "not now" } end
        M.timers[1] = { every = 10, run = function() log[#log + 1] = "tick" end }
        function M.save() return log end
        function M.restore(saved, version) log = saved log[#log + 1] = "restored " .. version end
        return M
        """

    private func check(_ body: String, options: String = "{}") throws {
        let outcomes = try Workshop.outcomes(plugin: Self.plugin, "test('x', \(options), function(t)\n\(body)\nend)")
        #expect(outcomes == ["ok"])
    }

    @Test func laterMessagesOfASessionWaitBehindItsHandler() throws {
        try check(
            """
            local a, b = t:login("amy"), t:login("bob")
            a:send{ to = "bob", content = "sleep" }
            a:send{ to = "bob", content = "second" }
            a:send{ to = "bob", content = "sleep" }
            a:send{ to = "bob", content = "fourth" }
            b:send{ to = "bob", content = "from another session" }
            assert(a:heartbeat())
            t:equal(b:received().content, "from another session")
            t:equal(b:received(), nil)
            t:advance(2)
            t:equal({ b:received().content, b:received().content, b:received() }, { "sleep", "second" })
            t:advance(2)
            t:equal({ b:received().content, b:received().content }, { "sleep", "fourth" })
            """)
    }

    @Test func moreThanWaitsMayIsReadLaterAndInOrder() throws {
        try check(
            """
            local a, b = t:login("amy"), t:login("bob")
            a:send{ to = "bob", content = "sleep" }
            local big = ("x"):rep(30000)
            for i = 1, 6 do a:send{ to = "bob", content = i .. big } end
            t:advance(2)
            t:equal(b:received().content, "sleep")
            for i = 1, 6 do t:equal(b:received().content, i .. big) end
            """)
    }

    @Test func whoWaitsTooLongIsEnded() throws {
        try check(
            """
            local a = t:login("amy")
            a:send{ to = "amy", content = "long" }
            a:send{ to = "amy", content = "next" }
            t:advance(4.9)
            t:equal(a:refused(), nil)
            t:advance(0.1)
            t:equal(a:refused(), { code = 3, info = "the rules took too long", msg_id = 1 })
            t:equal(a:received().content, "next")
            """)
    }

    @Test func verdictsAndFailures() throws {
        try check(
            """
            local a = t:login("amy")
            a:send{ to = "amy", content = "fail" }
            t:equal(a:refused(), { code = 3, info = "the rules failed", msg_id = 1 })
            local logs = t:logs()
            assert(logs[1].level == "error" and logs[1].text:find("oops", 1, true))
            a:send{ to = "amy", content = "stop" }
            t:equal({ a:received(), a:refused() }, {})
            a:send{ to = "amy", content = "nobody" }
            t:equal(a:refused().code, 6)
            t:equal(a:notified(), { undeliverable = "amy" })
            a:send{ to = "zoe", content = "hi" }
            t:equal(a:refused(), { code = 9, info = "not reachable now", msg_id = 4 })
            t:equal(a:notified(), { undeliverable = "zoe" })
            a:send{ to = "amy", content = "close" }
            t:equal(a:refused().info, "out")
            t:equal(a.closed, "out")
            t:equal(t:sessions("amy"), 0)
            assert(not pcall(a.send, a, {}))
            """)
        try check(
            """
            local a = t:login("amy")
            a:send{ to = "amy", content = "hi" }
            t:equal(a:refused(), { code = 9, info = "no rule delivers messages", msg_id = 1 })
            """, options: "{ pipeline = { { login = { mode = 'open' } }, 'p' } }")
        try check(
            """
            local none, refused = t:try_login("amy")
            t:equal(refused, { code = 1, info = "nobody accepted the login" })
            """, options: "{ pipeline = { 'p' } }")
    }

    @Test func theEndOfASession() throws {
        try check(
            """
            local a, b = t:login("amy", { device = "phone" }), t:login("bob", { device = "tablet" })
            a:send{ to = "amy", content = "kick" }
            t:equal(a.closed, "bye")
            b:send{ to = "bob", content = "sleep" }
            b:disconnect()
            t:equal(b.closed, "client")
            t:advance(3)
            local c = t:login("cat")
            t:equal(c:call("log"), "open amy, open bob, close amy phone, close bob tablet, open cat")
            c:logout()
            t:equal(c.closed, "logout")
            """)
    }

    @Test func outboundHandlersSeeWhatGoesOut() throws {
        try check(
            """
            local a, b = t:login("amy"), t:login("bob")
            a:send{ to = "bob", content = "mark" }
            a:send{ to = "bob", content = "secret" }
            t:equal({ b:received().content, b:received(), a:refused() }, { "for bob" })
            """)
    }

    @Test func routes() throws {
        try check(
            """
            local a = t:login("amy")
            t:equal(a:call("wait"), "late")
            local body, refused = a:call("no")
            t:equal(refused, { code = 4, info = "not now" })
            """)
    }

    @Test func timersSpawnedFunctionsAndAttributes() throws {
        try check(
            """
            local a = t:login("amy")
            a:send{ to = "amy", content = "spawn" }
            t:equal(a:notified(), nil)
            t:advance(1)
            t:equal(a:notified(), { spawned = true })
            t:advance(19)
            t:equal(a:call("log"), "open amy, tick, tick")
            a:received()
            for i = 1, 3 do
              a:send{ to = "amy", content = "attribute" }
              t:equal(a:received().content, tostring(i))
            end
            """)
    }

    @Test func theWorldOutside() throws {
        try check(
            """
            t:user("amy", { password = "secret" })
            local a = t:login("amy")
            local function ask(content) a:send{ to = "amy", content = content } return a:received().content end
            t:equal(ask("verify"), "trueamy")
            t:equal(ask("http"), "nobody answers: the test has no t:http(function(request) ... end)")
            t:equal(#t.requests, 1)
            t:http(function(request) return { status = 200, body = request.body .. "!" } end)
            t:equal(ask("http"), "200b!")
            t:equal(#t.requests, 2)
            t:equal(t.requests[2].url, "http://x/amy")
            t:equal(t.requests[2].method, "GET")
            t:http(function() return 5 end)
            a:send{ to = "amy", content = "http" }
            t:equal(a:refused().code, 3)
            t:http(function() return nil, "timeout" end)
            t:equal(ask("http"), "timeout")
            t:equal(ask("redis"), "6nil")
            t:equal(ask("count"), "1 1")
            t:equal({ t:metric("seen"), t:metric("other") }, { 2 })
            t:http(function() t:advance(1) end)
            a:send{ to = "amy", content = "http" }
            t:equal(a:refused().code, 3)
            assert(t:logs()[#t:logs()].text:find("can't use t or clients", 1, true))
            """)
    }

    @Test func offloadFunctionsRunInAStateOfTheirOwn() throws {
        let plugin = """
            local calls, place = 0, "loop"
            local M = { api = 1, needs = { "offload", "crypto" }, routes = {}, offload = {} }
            function M.init(ctx) if ctx.worker then place = "worker" end end
            function M.offload.work(a, b)
              calls = calls + 1
              hpush.shared.incr("calls")
              return { a .. b, calls, place, hpush.crypto.password_verify("x", hpush.crypto.password_hash("x")), os.time() }
            end
            function M.offload.fail() error("no") end
            function M.offload.session() return hpush.sleep(1) end
            function M.routes.work() return hpush.json.encode(hpush.offload("work", "a", 1)) end
            function M.routes.count() return calls .. " " .. place .. " " .. hpush.shared.get("calls") end
            function M.routes.fail(ctx, name) local ok, why = pcall(hpush.offload, name) return why end
            return M
            """
        let test = """
            test("x", { time = 60 }, function(t)
              local a = t:login("amy")
              t:equal(a:call("work"), '["a1",1,"worker",true,60]')
              t:equal(a:call("work"), '["a1",2,"worker",true,60]')
              t:equal(a:call("count"), "0 loop 2")
              assert(a:call("fail", "fail"):find("init.lua:9: no", 1, true))
              assert(a:call("fail", "wrok"):find("has no offload function 'wrok'", 1, true))
              assert(a:call("fail", "session"):find("is not possible in an offload function", 1, true))
              t:reload()
              t:equal(a:call("work"), '["a1",1,"worker",true,60]')
            end)
            """
        let outcomes = try Workshop.outcomes(plugin: plugin, test)
        #expect(outcomes == ["ok"])
    }

    @Test func whatIsSentBeforeACloseArrivesFirst() throws {
        let plugin = """
            return { api = 1, outbound = { ["*"] = function() end }, inbound = { message_request = function(ctx, msg)
              ctx.session:send { to = "amy", content = "last" }
              ctx.session:close("bye")
              return hpush.stop
            end } }
            """
        let test = """
            test("x", function(t)
              local a = t:login("amy")
              a:send{ to = "amy" }
              t:equal({ a:received().content, a.closed }, { "last", "bye" })
            end)
            """
        let outcomes = try Workshop.outcomes(plugin: plugin, test)
        #expect(outcomes == ["ok"])
    }

    @Test func aReloadHandsOverAndLetsTheWaitingFinish() throws {
        try check(
            """
            local a = t:login("amy")
            a:send{ to = "amy", content = "sleep" }
            t:reload()
            t:equal(a:received(), nil)
            t:advance(2)
            t:equal(a:received().content, "sleep")
            t:advance(9)
            t:equal(a:call("log"), "open amy, restored 1, tick", "timers start anew")
            """)
    }

    @Test func loopsHaveStatesOfTheirOwn() throws {
        try check(
            """
            local a, b = t:login("amy"), t:login("bob")
            t:equal({ a:call("log"), b:call("log") }, { "open amy", "open bob" })
            a:send{ to = "bob", content = "mark" }
            t:equal(b:received().content, "for bob")
            """, options: "{ loops = 2 }")
    }

    @Test func theClockIsTheTestsOwn() throws {
        let plugin = """
            return { api = 1, routes = { time = function()
              return ("%d %.1f %s %g"):format(os.time(), hpush.now(), os.date("!%Y-%m-%d %H:%M:%S"), hpush.monotonic())
            end } }
            """
        let test = """
            test("x", function(t)
              local a = t:login("amy")
              t:equal(a:call("time"), "1767614400 1767614400.0 2026-01-05 12:00:00 0")
              t:advance(90.5)
              t:equal(a:call("time"), "1767614490 1767614490.5 2026-01-05 12:01:30 90.5")
              t:equal(os.time(), 1767614490)
              t:time(0)
              t:equal(a:call("time"), "0 0.0 1970-01-01 00:00:00 90.5")
            end)
            test("y", { time = 60 }, function(t) t:equal(t:login("amy"):call("time"), "60 60.0 1970-01-01 00:01:00 0") end)
            """
        let outcomes = try Workshop.outcomes(plugin: plugin, test)
        #expect(outcomes == ["ok", "ok"])
    }
}
