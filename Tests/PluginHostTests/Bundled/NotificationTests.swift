import CPluginBridge
import PluginHost
import Testing
import WireProtocol

@Suite struct NotificationTests {
    private func bench(_ presence: String?) throws -> PluginBench {
        let bench = try PluginBench(bundled: [("notification", presence.map { .fields(["presence": .text($0)]) } ?? .nil)])
        bench.host.contacts = ["amy": ["bob", "carol"]]
        return bench
    }

    private func kinds(_ bench: PluginBench) -> [String] {
        bench.host.notices.map {
            "\($0.uid ?? "all") \($0.table["type"]?.integer ?? 0) \($0.table["data"]?["uid"]?.text ?? "") \($0.table["data"]?["device"]?.text ?? "")"
        }
    }

    @Test func contactsHearOfTheFirstAndTheLastSession() throws {
        let bench = try bench(nil)
        let first = bench.host.open("amy", device: "phone")
        bench.event("session_open", first)
        let second = bench.host.open("amy", device: "laptop")
        bench.event("session_open", second)
        #expect(kinds(bench) == ["bob 10 amy phone", "carol 10 amy phone"])
        bench.host.notices = []
        bench.event("session_close", first)
        #expect(bench.host.notices.isEmpty)
        bench.host.close(first)
        bench.event("session_close", second)
        #expect(kinds(bench) == ["bob 20 amy laptop", "carol 20 amy laptop"])
    }

    @Test func theSessionHearsWhereItIs() throws {
        for presence in ["all", "none"] {
            let bench = try bench(presence)
            let amy = bench.host.open("amy")
            bench.event("session_open", amy)
            let notice = try #require(amy.notified.first)
            #expect(notice["type"] == .integer(30) && notice["data"]?["node"] == .text("n1") && notice["data"]?["session"] == .text(amy.id))
            bench.event("session_close", amy)
            #expect(kinds(bench) == (presence == "all" ? ["all 10 amy phone", "all 20 amy phone"] : []))
        }
    }

    @Test func ofTwoThatOpenAtTheSameMomentOneIsAnnounced() throws {
        let bench = try bench("all")
        let pair = [bench.host.open("amy"), bench.host.open("amy")]
        for session in pair.reversed() { bench.event("session_open", session) }
        #expect(kinds(bench).count == 1)
    }

    @Test func itWaitsForSlowAnswers() throws {
        let bench = try bench(nil)
        bench.host.slowStore = true
        let amy = bench.host.open("amy")
        #expect(bench.event("session_open", amy).verdict == HP_WAITING)
        #expect(bench.answerAll()?.verdict == HP_NEXT)
        #expect(kinds(bench).count == 2)
    }
}
