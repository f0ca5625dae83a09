import CPluginBridge
import PluginHost
import Testing
import WireProtocol

@Suite struct ExamplesTests {
    @Test func quietHours() throws {
        func run(_ from: String, _ to: String, type: UInt32 = 0) throws -> hp_verdict {
            let settings = LuaValue.fields(["from": .text(from), "to": .text(to)])
            let bench = try PluginBench(bundled: [("quiet_hours", settings)], folder: PluginBench.examplesFolder)
            var message = chat()
            message.messageRequest.msgType = type
            return try bench.inbound(message).verdict
        }
        // Halves of the day: always exactly one of them is now.
        #expect(Set([try run("00:00", "12:00"), try run("12:00", "00:00")]) == [HP_NEXT, HP_REJECT])
        #expect(try run("00:00", "00:00") == HP_NEXT)
        #expect(try run("00:00", "12:00", type: 99) == HP_NEXT && run("12:00", "00:00", type: 99) == HP_NEXT)
    }

    @Test func echoBot() throws {
        let bench = try PluginBench(bundled: [("echo_bot", .nil)], folder: PluginBench.examplesFolder)
        let amy = bench.host.open("amy")
        #expect(try bench.inbound(chat(to: "echo", "hello"), from: amy).verdict == HP_STOP)
        #expect(amy.sent.map(\.messageRequest.content) == ["you said: hello"] && amy.sent.map(\.messageRequest.from) == ["echo"])
        _ = bench.host.open("bob")
        #expect(try bench.inbound(chat(to: "bob"), from: amy).verdict == HP_NEXT)
        #expect(bench.route("echo", [1, 2, 0]).result == [1, 2, 0])
    }

    @Test func allBundledPluginsTogether() throws {
        let bench = try PluginBench(
            bundled: ["login", "device_policy", "rate_limit", "word_filter", "chat_redirect", "notification"].map { ($0, .nil) })
        bench.host.users = ["amy": "secret"]
        #expect(try bench.inbound(login("amy", token: "secret")).accepted == "amy")
        let amy = bench.host.open("amy")
        bench.event("session_open", amy)
        #expect(try bench.inbound(chat(to: "amy"), from: amy).verdict == HP_STOP)
        #expect(amy.sent.count == 1 && amy.notified.count == 1)
        bench.event("session_close", amy)
        #expect(bench.host.logs.isEmpty)
    }
}
