import CPluginBridge
import PluginHost
import Testing
import WireProtocol

@Suite struct DevicePolicyTests {
    private func bench(_ settings: KeyValuePairs<String, LuaValue>) throws -> PluginBench {
        try PluginBench(bundled: [("login", .fields(["mode": .text("open")])), ("device_policy", .fields(settings))])
    }

    @Test func theOldestGoes() throws {
        let bench = try bench(["max_devices": .integer(2)])
        let sessions = (0..<2).map { bench.host.open("amy", device: "d\($0)") }
        let other = bench.host.open("bob")
        #expect(try bench.inbound(login("amy")).accepted == "amy")
        #expect(sessions.map(\.closedFor) == ["signed in elsewhere", nil] && other.closedFor == nil)
    }

    @Test func orTheNewOneIsRefused() throws {
        let bench = try bench(["max_devices": .integer(2), "on_excess": .text("reject")])
        let first = bench.host.open("amy")
        #expect(try bench.inbound(login("amy")).verdict == HP_NEXT)
        _ = bench.host.open("amy")
        let outcome = try bench.inbound(login("amy"))
        #expect(outcome.verdict == HP_REJECT && outcome.code == 7 && outcome.info == "too many devices" && first.closedFor == nil)
    }

    @Test func onePerPlatform() throws {
        let bench = try bench(["one_per_platform": .bool(true), "max_devices": .integer(2)])
        let phone = bench.host.open("amy", platform: 1)
        let browser = bench.host.open("amy", platform: 2)
        _ = try bench.inbound(login("amy", platform: 1))
        #expect(phone.closedFor != nil && browser.closedFor == nil)
        phone.closedFor = nil
        _ = try bench.inbound(login("amy", platform: 3))
        #expect(phone.closedFor != nil && browser.closedFor == nil)
    }

    @Test func sessionsThatOpenAtTheSameMoment() throws {
        let kicking = try bench(["max_devices": .integer(1)])
        let pair = [kicking.host.open("amy"), kicking.host.open("amy")]
        for session in pair { kicking.event("session_open", session) }
        #expect(pair.map(\.closedFor) == ["signed in elsewhere", nil])

        let rejecting = try bench(["max_devices": .integer(1), "on_excess": .text("reject")])
        let others = [rejecting.host.open("amy"), rejecting.host.open("amy")]
        for session in others.reversed() { rejecting.event("session_open", session) }
        #expect(others.map(\.closedFor) == [nil, "too many devices"])
    }

    @Test func platformsThatOpenAtTheSameMoment() throws {
        let bench = try bench(["one_per_platform": .bool(true), "on_excess": .text("reject")])
        let sessions = [bench.host.open("amy", platform: 1), bench.host.open("amy", platform: 2), bench.host.open("amy", platform: 1)]
        for session in sessions { bench.event("session_open", session) }
        #expect(sessions.map(\.closedFor) == [nil, nil, "too many devices"])
    }

    @Test func aLoginThatNobodyAcceptedIsLeftAlone() throws {
        let bench = try PluginBench(bundled: [("device_policy", .fields(["max_devices": .integer(1)]))])
        let session = bench.host.open("amy")
        #expect(try bench.inbound(login("amy")).accepted == nil)
        #expect(session.closedFor == nil)
    }
}
