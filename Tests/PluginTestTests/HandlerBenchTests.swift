import PluginHost
import Testing

@testable import PluginTest

@Suite struct HandlerBenchTests {
    @Test func eachHandlerIsMeasured() throws {
        let source = """
            local M = { api = 1, needs = { "sessions" }, inbound = {}, outbound = {}, events = {}, routes = {}, timers = {} }
            function M.inbound.message_request(ctx, msg) local a = { {}, {} } end
            M.inbound["*"] = function(ctx, msg) end
            function M.inbound.login_request(ctx, msg) ctx:accept { uid = msg.uid } end
            function M.outbound.message_request(ctx, msg) end
            function M.events.session_open(ctx) end
            function M.events.undeliverable(ctx, msg) local to = msg.to end
            function M.events.node_up(ctx) error("x") end
            function M.routes.echo(ctx, body) return body end
            M.routes.wait = function() hpush.sleep(1) end
            M.timers[1] = { every = 5, run = function() end }
            return M
            """
        let setup = NodeSetup(
            pipeline: [.init(name: "p")], bundles: [PluginBundle(name: "p", mainPath: "p.lua", main: Array(source.utf8))], directory: "")
        let bench = try HandlerBench(setup)
        bench.calls = 128
        var figures: [String: HandlerFigures] = [:]
        try bench.run { figures[$0.name] = $0 }
        #expect(
            Set(figures.keys) == [
                "inbound.message_request", "inbound.*", "inbound.login_request", "outbound.message_request", "events.session_open",
                "events.undeliverable", "events.node_up", "routes.echo", "routes.wait", "timers.1",
            ])
        let message = try #require(figures["inbound.message_request"])
        #expect(message.allocations >= 3 && message.bytes >= 3 * 56 && message.errors == 0 && message.nanoseconds ?? 0 > 0)
        #expect(figures["events.session_open"]?.allocations == 0)
        #expect(figures["events.node_up"]?.errors == 1)
        #expect(figures["routes.wait"]?.nanoseconds == nil && figures["routes.echo"]?.nanoseconds ?? 0 > 0)
    }
}
