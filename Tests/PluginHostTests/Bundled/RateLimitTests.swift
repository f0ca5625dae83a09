import CPluginBridge
import PluginHost
import Testing
import WireProtocol

@Suite struct RateLimitTests {
    private func bench(_ settings: KeyValuePairs<String, LuaValue>) throws -> PluginBench {
        try PluginBench(bundled: [("rate_limit", .fields(settings))])
    }

    @Test func aBurstThenRefusals() throws {
        let bench = try bench(["messages_per_second": .number(0.01), "burst": .integer(3)])
        let (amy, bob) = (bench.host.open("amy"), bench.host.open("bob"))
        let verdicts = try (0..<5).map { _ in try bench.inbound(chat(), from: amy).verdict }
        #expect(verdicts == [HP_NEXT, HP_NEXT, HP_NEXT, HP_REJECT, HP_REJECT])
        #expect(try bench.inbound(chat(), from: amy).code == 4)
        #expect(try bench.inbound(chat(), from: bob).verdict == HP_NEXT)
    }

    @Test func theBucketFillsAgain() throws {
        let bench = try bench(["messages_per_second": .integer(1_000_000), "burst": .integer(1000)])
        let amy = bench.host.open("amy")
        for _ in 0..<2000 { #expect(try bench.inbound(chat(), from: amy).verdict == HP_NEXT) }
    }

    @Test func closing() throws {
        let bench = try bench(["messages_per_second": .number(0.01), "burst": .integer(1), "on_excess": .text("close")])
        let amy = bench.host.open("amy")
        _ = try bench.inbound(chat(), from: amy)
        #expect(try bench.inbound(chat(), from: amy).verdict == HP_CLOSE)
    }

    @Test func aReloadHandsOutNoFreshBurst() throws {
        let bench = try bench(["messages_per_second": .number(0.01), "burst": .integer(1)])
        let (amy, bob) = (bench.host.open("amy"), bench.host.open("bob"))
        for session in [amy, bob] { _ = try bench.inbound(chat(), from: session) }
        bench.event("session_close", bob)
        let saved = try bench.state.save(0)
        #expect(saved.entries?.count == 1)
        let next = try PluginBench(
            bundled: [("rate_limit", .fields(["messages_per_second": .number(0.01), "burst": .integer(1)]))], host: bench.host)
        try next.state.restore(0, saved, oldVersion: "1.0.0")
        #expect(try next.inbound(chat(), from: amy).verdict == HP_REJECT)
        #expect(try next.inbound(chat(), from: bob).verdict == HP_NEXT)
    }
}
