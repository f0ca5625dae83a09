import CPluginBridge
import PluginHost
import Testing
import WireProtocol

@Suite struct ChatRedirectTests {
    @Test func toEachSessionOfTheRecipient() throws {
        let bench = try PluginBench(bundled: [("chat_redirect", .nil)])
        let amy = bench.host.open("amy")
        let own = bench.host.open("amy")
        let bobs = [bench.host.open("bob"), bench.host.open("bob")]
        #expect(try bench.inbound(chat(to: "bob"), from: amy).verdict == HP_STOP)
        #expect(bobs.map(\.sent.count) == [1, 1] && own.sent.isEmpty && amy.sent.isEmpty)
    }

    @Test func ownDevicesSeeItToo() throws {
        let bench = try PluginBench(bundled: [("chat_redirect", .fields(["echo_to_own_devices": .bool(true)]))])
        let amy = bench.host.open("amy")
        let own = bench.host.open("amy")
        #expect(try bench.inbound(chat(to: "bob"), from: amy).verdict == HP_REJECT)
        #expect(own.sent.isEmpty)
        _ = bench.host.open("bob")
        #expect(try bench.inbound(chat(to: "bob"), from: amy).verdict == HP_STOP)
        #expect(own.sent.map(\.messageRequest.content) == ["hi"] && amy.sent.isEmpty)
        _ = try bench.inbound(chat(to: "amy"), from: amy)
        #expect(own.sent.count == 2 && amy.sent.count == 1)
    }

    @Test func whyItWasNotDelivered() throws {
        let bench = try PluginBench(bundled: [("chat_redirect", .nil)])
        bench.host.users = ["bob": ""]
        let amy = bench.host.open("amy")
        #expect(try bench.inbound(chat(to: "bob"), from: amy).code == 9)
        #expect(try bench.inbound(chat(to: "nobody"), from: amy).code == 6)
        #expect(try bench.inbound(chat(to: "bob", group: "g"), from: amy).code == 6)
        bench.host.slowStore = true
        #expect(try bench.inbound(chat(to: "bob"), from: amy).verdict == HP_WAITING)
        #expect(bench.answerAll()?.code == 9)
    }
}
