import CPluginBridge
import PluginHost
import Testing
import WireProtocol

/// Order and verdicts.
@Suite struct PipelineTests {
    private func tracer(_ name: String, _ verdict: String = "nil") -> PluginBench.Plugin {
        .init(
            name: name,
            source: """
                local function trace(what) return function() hpush.log("\(name) " .. what) return \(verdict) end end
                return {
                  api = 1, inbound = { message_request = trace("in"), login_request = trace("login") }, outbound = { message_request = trace("out") },
                  events = { session_open = trace("open") },
                }
                """)
    }

    @Test func inboundRunsHeadToTailAndOutboundTailToHead() throws {
        let bench = try PluginBench([tracer("a"), tracer("b"), tracer("c")])
        #expect(try bench.inbound(chat()).verdict == HP_NEXT)
        #expect(try bench.outbound(chat()).verdict == HP_NEXT)
        bench.event("session_open")
        #expect(bench.host.logs.map(\.text) == ["a in", "b in", "c in", "c out", "b out", "a out", "a open", "b open", "c open"])
    }

    @Test func stopEndsTheChain() throws {
        let bench = try PluginBench([tracer("a"), tracer("b", "hpush.stop"), tracer("c")])
        let outcome = try bench.inbound(chat())
        #expect(outcome.verdict == HP_STOP && outcome.plugin == 1)
        #expect(bench.host.logs.map(\.text) == ["a in", "b in"])
    }

    @Test(arguments: ["reject", "close"]) func refusalsThatMakeNoSense(_ name: String) throws {
        let success = try PluginBench(
            "return { api = 1, inbound = { message_request = function() return hpush.\(name) { code = 0 } end } }")
        #expect(try success.inbound(chat()).failure?.reason.contains("p.lua:1: hpush.\(name): code is a number from 1") == true)
        let outbound = try PluginBench("return { api = 1, outbound = { message_request = function() return hpush.\(name) {} end } }")
        #expect(try outbound.outbound(chat()).failure?.reason.contains("an outbound handler may change a message or stop it") == true)
    }

    @Test(arguments: [("reject", HP_REJECT), ("close", HP_CLOSE)]) func refusals(_ name: String, _ verdict: hp_verdict) throws {
        let bench = try PluginBench([tracer("a", "hpush.\(name) { code = 42, info = 'not so' }"), tracer("b")])
        let outcome = try bench.inbound(chat())
        #expect(outcome.verdict == verdict && outcome.code == 42 && outcome.info == "not so" && outcome.plugin == 0)
        let plain = try PluginBench([tracer("a", "hpush.\(name)()")]).inbound(chat())
        #expect(plain.verdict == verdict && plain.code == 7 && plain.info.isEmpty)
    }

    @Test func starHandlesWhatHasNoHandlerOfItsOwn() throws {
        let bench = try PluginBench(
            """
            return { api = 1, inbound = { ["*"] = function(ctx) hpush.log("* " .. ctx.type) end, message_request = function() hpush.log("own") end } }
            """)
        _ = try bench.inbound(chat())
        _ = try bench.inbound(login("amy"))
        var unknown = WireMessage()
        unknown.type = .UNRECOGNIZED(77)
        _ = try PluginBench("return { api = 1, inbound = { ['*'] = function(ctx) assert(ctx.type == 77) end } }").inbound(unknown)
        #expect(bench.host.logs.map(\.text) == ["own", "* login_request"])
        #expect(bench.state.chainLength(HP_INBOUND, 5) == 1 && bench.state.chainLength(HP_OUTBOUND, 5) == 0)
    }

    @Test func aLoginIsAcceptedAndLaterRejected() throws {
        let accept =
            "return { api = 1, inbound = { login_request = function(ctx, msg) assert(ctx.uid == nil) ctx:accept { uid = msg.uid } assert(ctx.uid == msg.uid) end } }"
        let bench = try PluginBench([.init(name: "a", source: accept), tracer("b")])
        let outcome = try bench.inbound(login("amy"))
        #expect(outcome.verdict == HP_NEXT && outcome.accepted == "amy")
        let late = try PluginBench([.init(name: "a", source: accept), tracer("b", "hpush.reject { code = 7 }")]).inbound(login("amy"))
        #expect(late.verdict == HP_REJECT)
        let nobody = try PluginBench([tracer("b")]).inbound(login("amy"))
        #expect(nobody.accepted == nil)
        for bad in ["{}", "{ uid = 5 }", "{ uid = '' }", "{ uid = ('x'):rep(300) }", "nil", "'amy'"] {
            let source = "return { api = 1, inbound = { login_request = function(ctx, msg) ctx:accept(\(bad)) end } }"
            #expect(try PluginBench(source).inbound(login("amy")).verdict == HP_FAILED)
        }
    }

    @Test func anErrorRefusesTheMessageAndNamesThePlace() throws {
        let bench = try PluginBench(
            "local M = { api = 1, inbound = {} }\nfunction M.inbound.message_request()\n  error('no luck')\nend\nreturn M")
        let outcome = try bench.inbound(chat())
        #expect(outcome.failure == PluginFailure(plugin: "p", handler: "inbound.message_request", reason: "p.lua:3: no luck"))
    }

    @Test func onErrorSkipGoesOnButNotAtALogin() throws {
        let broken =
            "return { api = 1, inbound = { message_request = function() error('x') end, login_request = function() error('y') end, ['*'] = error } }"
        let bench = try PluginBench([
            .init(name: "broken", source: broken, settings: .fields(["on_error": .text("skip")])), tracer("b"),
        ])
        #expect(try bench.inbound(chat()).verdict == HP_NEXT)
        #expect(bench.host.logs.last?.text == "b in")
        #expect(bench.host.logs.first?.level == .error && bench.host.logs.first?.text.contains("broken.lua:1: x") == true)
        #expect(try bench.inbound(login("amy")).verdict == HP_FAILED)
        #expect(
            try PluginBench([
                .init(name: "s", source: "return { api = 1, inbound = { ['*'] = error } }", settings: .fields(["on_error": .text("skip")]))
            ])
            .inbound(login("amy")).verdict == HP_FAILED)
    }

    @Test func anErrorInAnEventEndsThatHandlerOnly() throws {
        let broken = "return { api = 1, events = { session_open = function() error('x') end } }"
        let bench = try PluginBench([.init(name: "broken", source: broken), tracer("b")])
        let outcome = bench.event("session_open", bench.host.open("amy"))
        #expect(outcome.failure == nil)
        #expect(bench.host.logs.map(\.text) == ["broken.lua:1: x", "b open"])
        #expect(bench.state.hasEvent("session_open") && !bench.state.hasEvent("node_up") && !bench.state.hasEvent("nonsense"))
        #expect(bench.state.handlers(of: 0).first?.errors == 1)
    }

    @Test func eventsBringAValueOrAMessage() throws {
        let bench = try PluginBench(
            """
            return { api = 1, events = {
              node_up = function(ctx, node) hpush.log(node.name .. #node.list) end,
              undeliverable = function(ctx, msg) hpush.log(msg.content .. ctx.uid) end,
              session_close = function(ctx, x) assert(x == nil) hpush.log(ctx.session.uid) end,
            } }
            """)
        let amy = bench.host.open("amy")
        bench.event("node_up", value: .fields(["name": .text("n2"), "list": .list([.integer(1)])]))
        _ = try bench.run(HP_EVENT, frame: Frame.encode(chat("lost")), amy, event: "undeliverable")
        bench.event("session_close", amy)
        #expect(bench.host.logs.map(\.text) == ["n21", "lostamy", "amy"])
    }

    @Test func routesTakeAndGiveBytes() throws {
        let bench = try PluginBench(
            """
            return { api = 1, routes = {
              echo = function(ctx, body) return body end, none = function() end, no = function() return hpush.reject { code = 3 } end,
              bad = function() return {} end, who = function(ctx) return ctx.uid end, fail = function() error("x") end,
              empty = function(ctx, body) return tostring(#body) end,
            } }
            """)
        let bytes: [UInt8] = [0, 255, 128, 10, 0]
        let amy = bench.host.open("amy")
        #expect(bench.route("echo", bytes).result == bytes)
        #expect(bench.route("empty").resultText == "0")
        #expect(bench.route("none").verdict == HP_STOP && bench.route("none").result.isEmpty)
        #expect(bench.route("no").code == 3)
        #expect(bench.route("who", from: amy).resultText == "amy")
        #expect(bench.route("bad").failure?.reason.contains("routes.bad returned a table") == true)
        #expect(bench.route("fail").failure?.reason == "p.lua:3: x")
        #expect(Array("echo".utf8).withUnsafeBytes { bench.state.hasRoute($0) })
        #expect(!Array("ech".utf8).withUnsafeBytes { bench.state.hasRoute($0) })
    }

    @Test func timersRun() throws {
        let bench = try PluginBench(
            "return { api = 1, timers = { { every = 30, run = function() hpush.log('one') end }, { every = 0.5, each_loop = true, run = function(ctx) hpush.log(ctx.plugin) end } } }"
        )
        #expect(bench.checked.plugins[0].timers.map(\.every) == [30, 0.5])
        #expect(bench.checked.plugins[0].timers.map(\.eachLoop) == [false, true])
        _ = bench.timer(0, 1)
        _ = bench.timer(0, 0)
        #expect(bench.timer(0, 2).verdict == HP_NEXT && bench.timer(9, 0).verdict == HP_NEXT)
        #expect(bench.host.logs.map(\.text) == ["p", "one"])
    }

    @Test func runningFromInsideACallIsRefused() throws {
        let bench = try PluginBench("return { api = 1, routes = { r = function() return 'x' end } }")
        #expect(bench.route("r").verdict == HP_STOP)
        #expect(bench.route("unknown").verdict == HP_NEXT)
    }

    @Test func numbersAreKept() throws {
        let bench = try PluginBench(
            "return { api = 1, inbound = { message_request = function(ctx, msg) local t = {} for i = 1, 100 do t[i] = i end if msg.to == 'x' then error('x') end end } }",
            limits: PluginLimits(runMilliseconds: 60))
        for _ in 0..<128 { _ = try bench.inbound(chat()) }
        _ = try bench.inbound(chat(to: "x"))
        let handlers = bench.state.handlers(of: 0)
        #expect(handlers.map(\.name) == ["inbound.message_request", "spawn"])
        #expect(handlers[0].calls == 129 && handlers[0].errors == 1 && handlers[0].budgetKills == 0)
        #expect(handlers[0].timedCalls == 2 && handlers[0].timeBuckets.reduce(0, +) == 2)
        #expect(handlers[0].allocatedBytes > 129 * 800)
    }
}
