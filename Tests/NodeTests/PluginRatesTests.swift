import Testing

@testable import Node

@Suite struct PluginRatesTests {
    private func listing(generation: UInt64 = 1, _ handlers: [HandlerInfo], waiting: Int = 0) -> PluginListing {
        let plugin = PluginInfo(name: "filter", version: "1", file: "filter.lua", needs: [], handlers: handlers)
        return PluginListing(
            generation: generation, rulesOf: generation, since: 0, filesDiffer: false, rollbacks: 0, waiting: waiting,
            finishing: [FinishingGeneration(generation: 0, handlers: 2), FinishingGeneration(generation: 9, handlers: 3)], plugins: [plugin]
        )
    }

    private func handler(
        _ name: String = "inbound.message_request", calls: UInt64, errors: UInt64 = 0, kills: UInt64 = 0, timed: [UInt64] = [],
        seconds: Double = 0, bytes: UInt64 = 0
    ) -> HandlerInfo {
        HandlerInfo(
            name: name, calls: calls, errors: errors, budgetKills: kills, timedCalls: timed.reduce(0, +), timedSeconds: seconds,
            timeBuckets: timed, p50Microseconds: nil, p99Microseconds: nil, allocatedBytes: bytes)
    }

    @Test func ratesAreWhatCameSinceTheLookBefore() {
        let before = listing([handler(calls: 1000, errors: 10, kills: 1, timed: [0, 16], seconds: 1, bytes: 500)])
        let now = listing([handler(calls: 7400, errors: 30, kills: 2, timed: [0, 16, 100], seconds: 1.1, bytes: 6900)], waiting: 4)
        let rates = PluginRates(from: before, to: now, seconds: 2)
        let own = rates.plugins[0].handlers[0]
        #expect((own.callsPerSecond, own.failuresPerSecond, own.allocatedBytesPerSecond) == (3200, 10.5, 3200))
        // Only the fresh calls: all in the third bucket, 4 to 8 ns.
        #expect(own.p50Microseconds == 0.008)
        // 3200 calls a second of 1 ms each.
        #expect(abs(own.share - 3.2) < 0.001)
        #expect((rates.waiting, rates.finishing) == (4, 5))
    }

    @Test func fewTimedCallsGiveTheTimesSinceTheGenerationBegan() {
        let before = listing([handler(calls: 100, timed: [0, 0, 0, 0, 90])])
        let now = listing([handler(calls: 110, timed: [0, 5, 0, 0, 90])])
        #expect(PluginRates(from: before, to: now, seconds: 1).plugins[0].handlers[0].p99Microseconds == 0.032)
    }

    @Test func anotherGenerationBeginsAtZero() {
        let rates = PluginRates(from: listing([handler(calls: 5000)]), to: listing(generation: 2, [handler(calls: 70)]), seconds: 1)
        #expect(rates.plugins[0].handlers[0].callsPerSecond == 70)
    }

    @Test func aPluginsTotalIsTheSumAndUnusedHandlersAreLeftOut() {
        let now = listing([
            handler("inbound.*", calls: 10, errors: 1, timed: [1]), handler("outbound.*", calls: 20, timed: [0, 0, 3]),
            handler("spawn", calls: 0),
        ])
        let plugin = PluginRates(from: listing([]), to: now, seconds: 1).plugins[0]
        #expect(plugin.handlers.map(\.name) == ["inbound.*", "outbound.*"])
        #expect((plugin.total.callsPerSecond, plugin.total.failuresPerSecond) == (30, 1))
        #expect(plugin.total.p99Microseconds == 0.008)
    }
}
