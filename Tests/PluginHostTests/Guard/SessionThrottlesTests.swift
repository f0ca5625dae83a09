import Testing

@testable import PluginHost

@Suite struct SessionThrottlesTests {
    private static let second: UInt64 = 1_000_000_000
    private let policy = GuardPolicy()

    /// A loop's throttles. A class, since #expect can't call what changes a value.
    private final class Loop {
        var throttles: SessionThrottles

        init(_ policy: GuardPolicy) { throttles = SessionThrottles(policy) }

        /// The end of the throttling that the failures began.
        @discardableResult
        func fail(_ session: UInt64, times: Int = 1, at now: UInt64) -> UInt64? {
            var until: UInt64?
            for _ in 0..<times { until = throttles.failed(session, 0, at: now) ?? until }
            return until
        }

        func admits(_ session: UInt64, _ plugin: Int = 0, at now: UInt64) -> Bool { throttles.admits(session, plugin, at: now) }
    }

    @Test func fiveFailuresThrottleThatSessionAndPluginAlone() {
        let loop = Loop(policy)
        let now = 100 * Self.second
        #expect(loop.fail(1, times: 4, at: now) == nil)
        #expect(loop.admits(1, at: now))
        #expect(loop.fail(1, at: now) == now + Self.second)
        #expect(!loop.admits(1, at: now))
        #expect(loop.admits(1, 1, at: now))
        #expect(loop.admits(2, at: now))
        #expect(loop.throttles.isActive(0, at: now) && !loop.throttles.isActive(1, at: now))
        #expect(loop.throttles.count(0, at: now) == 1)
        #expect(loop.admits(1, at: now + Self.second))
        #expect(!loop.throttles.isActive(0, at: now + Self.second))
    }

    @Test func failuresFarApartAreForgiven() {
        let loop = Loop(policy)
        for step in 0..<20 { #expect(loop.fail(1, at: UInt64(step) * 4 * Self.second + Self.second) == nil, "\(step)") }
    }

    @Test func eachFurtherFailureDoublesTheTimeUpToAMinute() {
        let loop = Loop(policy)
        var now = 100 * Self.second
        var lengths: [UInt64] = []
        var until = loop.fail(1, times: 5, at: now)
        for _ in 0..<8 {
            guard let end = until else { break }
            lengths.append((end - now) / Self.second)
            now = end
            until = loop.fail(1, at: now)
        }
        #expect(lengths == [1, 2, 4, 8, 16, 32, 60, 60])
    }

    @Test func aQuietTimeForgives() {
        let loop = Loop(policy)
        let until = loop.fail(1, times: 5, at: Self.second) ?? 0
        #expect(loop.fail(1, at: until + policy.sessionWindow) == nil)
    }

    @Test func failuresOfHandlersThatHadBegunBeforeDoNotProlongIt() {
        let loop = Loop(policy)
        let until = loop.fail(1, times: 5, at: Self.second) ?? 0
        #expect(loop.fail(1, times: 10, at: until - 1) == nil)
        #expect(loop.admits(1, at: until))
    }

    @Test func sessionsThatEndAndPluginsThatAreWellAreForgotten() {
        let loop = Loop(policy)
        loop.fail(1, times: 5, at: Self.second)
        loop.throttles.forget(1, plugins: 1)
        #expect(loop.admits(1, at: Self.second))
        #expect(loop.throttles.isEmpty)
        loop.fail(1, times: 5, at: Self.second)
        loop.throttles.forget(plugin: 0)
        #expect(loop.throttles.isEmpty && !loop.throttles.isActive(0, at: Self.second))
    }

    @Test func noMoreSessionsThanThePolicySaysAreRemembered() {
        var policy = policy
        policy.sessions = 100
        let loop = Loop(policy)
        for session in 1...1000 as ClosedRange<UInt64> { loop.fail(session, times: 5, at: 5 * Self.second) }
        #expect(loop.throttles.count(0, at: 5 * Self.second) == 100)
        // Once theirs is over there is room again.
        let later = 5 * Self.second + policy.shortestThrottle + policy.sessionWindow
        #expect(loop.fail(2000, times: 5, at: later) != nil)
    }
}
