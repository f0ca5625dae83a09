import CPluginBridge
import Glibc
import PluginHost
import Testing
import WireProtocol

/// Each attack ends as it should, in time, and leaves the state as it was for everybody else.
@Suite(.serialized) struct AttackTests {
    static let limits = PluginLimits(runMilliseconds: 60, memoryMegabytes: 32, suspended: 1000)

    static let innocent = """
        local M = { api = 1, routes = {} }
        function M.routes.ping(ctx, body)
          local t = { 3, 1, 2 }
          table.sort(t)
          local co = coroutine.wrap(function(x) coroutine.yield(x) end)
          return ("%s %d %s"):format(body:upper(), co(t[1]), (("a b"):gsub(" ", "-")))
        end
        return M
        """

    @Test(arguments: loopAttacks) func loop(_ attack: Attack) throws { try check(attack) }
    @Test(arguments: metamethodAttacks) func metamethod(_ attack: Attack) throws { try check(attack) }
    @Test(arguments: memoryAttacks) func memory(_ attack: Attack) throws { try check(attack) }
    @Test(arguments: unwindingAttacks) func unwinding(_ attack: Attack) throws { try check(attack) }
    @Test(arguments: sandboxAttacks) func sandbox(_ attack: Attack) throws { try check(attack) }

    private func check(_ attack: Attack) throws {
        var limits = Self.limits
        limits.memoryMegabytes = attack.memoryMegabytes
        let bench = try PluginBench(
            [.init(name: "p", source: attack.source), .init(name: "innocent", source: Self.innocent)], limits: limits)
        let session = bench.host.open("mallory")
        try expectInnocentRuns(bench)
        bench.state.collectGarbage()
        let before = bench.state.memory

        for number in 1...attack.messages {
            let start = threadMilliseconds()
            let outcome = try bench.inbound(chat(), from: session)
            #expect(threadMilliseconds() - start < Double(limits.runMilliseconds) + 1000)
            if number == attack.messages { expect(outcome, attack.ending) }
            try expectInnocentRuns(bench)
        }
        #expect(bench.state.waiting == 0)
        while !bench.runSpawned().isEmpty {}
        bench.state.collectGarbage()
        #expect(bench.state.memory < before + (2 << 20))
    }

    private func expect(_ outcome: Outcome, _ ending: Attack.Ending) {
        switch ending {
        case .runBudget: #expect(outcome.failure?.kind == .runBudget, "\(outcome)")
        case .memory: #expect(outcome.failure?.kind == .memory, "\(outcome)")
        case .error: #expect(outcome.failure?.kind == .error, "\(outcome)")
        case .failure: #expect(outcome.verdict == HP_FAILED, "\(outcome)")
        case .harmless: #expect(outcome.verdict == HP_NEXT, "\(outcome)")
        }
        if let failure = outcome.failure {
            #expect(failure.plugin == "p")
            #expect(!failure.reason.contains("\n") && failure.reason.utf8.count <= 1100)
        }
    }

    private func expectInnocentRuns(_ bench: PluginBench) throws {
        let outcome = bench.route("ping", Array("x".utf8))
        #expect(outcome.resultText == "X 1 a-b", "\(outcome)")
    }
}

/// CPU time of this thread: the machine may be busy elsewhere.
func threadMilliseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
}
