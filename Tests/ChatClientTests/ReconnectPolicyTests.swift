import ChatClient
import Testing

@Suite struct ReconnectPolicyTests {
    private let start = ContinuousClock.now

    @Test func waitsDoubleUpToTheMaximum() {
        var policy = ReconnectPolicy(initialDelay: .seconds(1), maximumDelay: .seconds(5), jitter: 0)
        let delays = (0..<5).map { _ in policy.lost(at: start, random: 0) }
        #expect(
            delays == [
                .retry(after: .seconds(1), attempt: 1), .retry(after: .seconds(2), attempt: 2),
                .retry(after: .seconds(4), attempt: 3), .retry(after: .seconds(5), attempt: 4),
                .retry(after: .seconds(5), attempt: 5),
            ])
    }

    @Test func jitterOnlyShortens() {
        var policy = ReconnectPolicy(initialDelay: .seconds(4), jitter: 0.5)
        #expect(policy.lost(at: start, random: 0.5) == .retry(after: .seconds(3), attempt: 1))
    }

    @Test func givesUpAfterTheLastAttempt() {
        var policy = ReconnectPolicy(jitter: 0, maximumAttempts: 2)
        _ = policy.lost(at: start, random: 0)
        _ = policy.lost(at: start, random: 0)
        #expect(policy.lost(at: start, random: 0) == .giveUp)
    }

    @Test func aStableConnectionEndsTheSeries() {
        var policy = ReconnectPolicy(initialDelay: .seconds(1), jitter: 0, maximumAttempts: 1, stableAfter: .seconds(10))
        _ = policy.lost(at: start, random: 0)
        policy.connected(at: start)
        #expect(policy.lost(at: start + .seconds(10), random: 0) == .retry(after: .seconds(1), attempt: 1))
    }

    @Test func aNodeThatDropsAtOnceIsNotHammered() {
        var policy = ReconnectPolicy(initialDelay: .seconds(1), jitter: 0, stableAfter: .seconds(10))
        _ = policy.lost(at: start, random: 0)
        policy.connected(at: start)
        #expect(policy.lost(at: start + .seconds(9), random: 0) == .retry(after: .seconds(2), attempt: 2))
    }

    @Test func aLongSeriesDoesNotOverflow() {
        var policy = ReconnectPolicy(initialDelay: .seconds(1), maximumDelay: .seconds(30), jitter: 0)
        for _ in 0..<200 { _ = policy.lost(at: start, random: 0) }
        #expect(policy.lost(at: start, random: 0) == .retry(after: .seconds(30), attempt: 201))
    }
}
