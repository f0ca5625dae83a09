import CPluginBridge
import PluginHost
import Testing
import WireProtocol

@Suite struct LoginTests {
    private func bench(_ mode: String) throws -> PluginBench {
        let bench = try PluginBench(bundled: [("login", .fields(["mode": .text(mode)]))])
        bench.host.users = ["amy": "secret"]
        bench.host.tokens = ["t1": "amy", "t2": "bob"]
        return bench
    }

    @Test func openTakesAnybody() throws {
        let bench = try bench("open")
        #expect(try bench.inbound(login("whoever")).accepted == "whoever")
        #expect(try bench.inbound(login("")).code == 2)
        #expect(try bench.inbound(login(String(repeating: "x", count: 256))).code == 1)
    }

    @Test func passwordTakesThePasswordOrAToken() throws {
        let bench = try bench("password")
        #expect(try bench.inbound(login("amy", token: "secret")).accepted == "amy")
        #expect(try bench.inbound(login("amy", token: "t1")).accepted == "amy")
        for (uid, token) in [("amy", "wrong"), ("nobody", "secret"), ("amy", "t2"), ("bob", "x")] {
            let outcome = try bench.inbound(login(uid, token: token))
            #expect(outcome.verdict == HP_REJECT && outcome.code == 1 && outcome.accepted == nil)
        }
        #expect(try bench.inbound(login("amy")).code == 2)
    }

    @Test func passwordWaitsForTheStore() throws {
        let bench = try bench("password")
        bench.host.slowStore = true
        #expect(try bench.inbound(login("amy", token: "secret")).verdict == HP_WAITING)
        #expect(bench.answerAll()?.accepted == "amy")
        #expect(try bench.inbound(login("amy", token: "no")).verdict == HP_WAITING)
        #expect(bench.answerAll()?.code == 1)
    }

    @Test func jwtTakesTokensOnly() throws {
        let bench = try bench("jwt")
        #expect(try bench.inbound(login("amy", token: "t1")).accepted == "amy")
        #expect(try bench.inbound(login("amy", token: "secret")).code == 1)
        #expect(try bench.inbound(login("amy", token: "t2")).code == 1)
    }

    @Test func theDefaultIsPassword() throws {
        let bench = try PluginBench(bundled: [("login", .nil)])
        #expect(try bench.inbound(login("amy", token: "x")).verdict == HP_REJECT)
    }
}
