import CPluginBridge
import Dispatch
import Foundation
import PluginHost
import Testing
import WireProtocol

/// One watchdog for all loops.
@Suite(.serialized) struct WatchdogTests {
    static let source = """
        return { api = 1, routes = {
          loop = function() while true do pcall(function() while true do end end) end end, good = function() return "good" end,
          block = function() hpush.block() return "good" end,
        } }
        """
    static let limits = PluginLimits(runMilliseconds: 50, memoryMegabytes: 16, suspended: 10)

    @Test func eachLoopHasItsBudget() {
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            do {
                let bench = try PluginBench(Self.source, limits: Self.limits)
                for _ in 0..<3 {
                    let outcome = bench.route("loop")
                    if outcome.failure?.kind != .runBudget { failures.add("\(outcome)") }
                    for _ in 0..<1000 where bench.route("good").resultText != "good" { failures.add("an innocent handler was stopped") }
                }
            } catch { failures.add("\(error)") }
        }
        #expect(failures.all == [])
    }

    @Test func threadsThatEndLeaveTheWatch() {
        let failures = Failures()
        for _ in 0..<20 {
            let done = DispatchSemaphore(value: 0)
            Thread {
                do {
                    let outcome = try PluginBench(Self.source, limits: PluginLimits(runMilliseconds: 5)).route("loop")
                    if outcome.failure?.kind != .runBudget { failures.add("\(outcome)") }
                } catch { failures.add("\(error)") }
                done.signal()
            }.start()
            done.wait()
        }
        #expect(failures.all == [])
    }

    @Test func timeSpentInTheHostWithoutTheProcessorDoesNotCount() throws {
        let bench = try PluginBench(Self.source, limits: Self.limits)
        #expect(bench.route("block").resultText == "good")
    }

    @Test func aFullQueueOfSignalsStopsNoWatch() throws {
        var before = rlimit()
        try #require(getrlimit(signalQueue, &before) == 0)
        var none = rlimit(rlim_cur: 0, rlim_max: before.rlim_max)
        try #require(setrlimit(signalQueue, &none) == 0)
        defer { setrlimit(signalQueue, &before) }
        #expect(try PluginBench(Self.source, limits: Self.limits).route("loop").failure?.kind == .runBudget)
    }

    private var signalQueue: __rlimit_resource_t { __rlimit_resource_t(__RLIMIT_SIGPENDING.rawValue) }

    final class Failures: @unchecked Sendable {
        private let lock = NSLock()
        private var texts: [String] = []

        func add(_ text: String) { lock.withLock { texts.append(text) } }
        var all: [String] { lock.withLock { texts } }
    }
}
