import Testing

@testable import PluginHost

@Suite struct BreakerTests {
    private static let second: UInt64 = 1_000_000_000
    private static let handler = "inbound.message_request"

    /// A plugin on one loop, and the breaker that watches it.
    private final class Scene {
        var breaker = Breaker()
        var counts = HandlerCounts()
        var now = 1000 * BreakerTests.second
        var act = Breaker.Act.none

        /// Calls of sessions in turn; counts at once when the breaker wants it, as a node does a moment later.
        func call(
            _ times: Int, sessions: UInt64, offset: UInt64 = 0, users: UInt64? = nil, fails: Bool = true,
            handler: String = BreakerTests.handler
        ) {
            for number in 0..<UInt64(times) {
                counts[handler, default: HandlerCount()].calls += 1
                guard fails else { continue }
                counts[handler]?.failures += 1
                let session = number % sessions + offset
                let counts = counts
                let failure = Breaker.Failure(handler: handler, session: session, user: session % (users ?? .max), loop: 0)
                act = breaker.failed(failure, at: now) { counts }
                if act == .count { act = breaker.counted([0: counts], at: now) }
                if case .opened = act { return }
            }
        }

        func open() { call(100, sessions: 10) }

        func probes(_ session: UInt64) -> Bool { breaker.probes(session, at: now) }

        func probePassed() -> Breaker.Act { breaker.probePassed(at: now) }

        var isOpen: Bool { breaker.state != .closed }
    }

    @Test func hundredCallsOfTenSessionsThatFailOpenIt() {
        let scene = Scene()
        scene.call(99, sessions: 10)
        #expect(!scene.isOpen)
        scene.call(1, sessions: 10)
        #expect(scene.act == .opened(until: scene.now + 10 * Self.second))
        #expect(scene.breaker.lastTrip == .init(handler: Self.handler, calls: 100, failures: 100))
        #expect(scene.breaker.openings == 1)
    }

    @Test func nineSessionsDoNot() {
        let scene = Scene()
        scene.call(100_000, sessions: 9)
        #expect(!scene.isOpen)
    }

    @Test func oneUserWithManySessionsDoesNot() {
        let scene = Scene()
        scene.call(100_000, sessions: 50, users: 1)
        #expect(!scene.isOpen)
    }

    @Test func halfOfTheCallsMayFail() {
        let scene = Scene()
        for step in 0..<1000 {
            scene.call(6, sessions: 1, fails: false)
            scene.call(5, sessions: 5, offset: UInt64(step))
        }
        #expect(!scene.isOpen)
        for step in 0..<3000 where !scene.isOpen {
            scene.call(2, sessions: 1, offset: UInt64(step))
            scene.call(1, sessions: 1, fails: false)
        }
        #expect(scene.isOpen)
    }

    @Test func callsOfAnotherHandlerDoNotHideIt() {
        let scene = Scene()
        scene.call(1, sessions: 10)
        scene.call(100_000, sessions: 10, fails: false, handler: "outbound.message_request")
        scene.call(110, sessions: 10)
        #expect(scene.isOpen)
    }

    @Test func callsBeforeTheFirstFailureDoNotHideIt() {
        let scene = Scene()
        scene.call(1_000_000, sessions: 10, fails: false)
        scene.open()
        #expect(scene.isOpen)
    }

    @Test func theCallsOfOtherLoopsCount() {
        var breaker = Breaker()
        var counts: [Int: HandlerCounts] = [0: [Self.handler: HandlerCount()], 1: [Self.handler: HandlerCount()]]
        for number in 0..<200 as Range<UInt64> {
            counts[0]?[Self.handler]?.calls += 1
            counts[0]?[Self.handler]?.failures += 1
            counts[1]?[Self.handler]?.calls += 2
            let own = counts[0] ?? [:]
            let failure = Breaker.Failure(handler: Self.handler, session: number % 20, user: number % 20, loop: 0)
            if breaker.failed(failure, at: Self.second, counts: { own }) == .count { _ = breaker.counted(counts, at: Self.second) }
        }
        #expect(breaker.state == .closed)
    }

    @Test func whatOtherLoopsDidWhileItCountedIsCountedNext() {
        var breaker = Breaker()
        var own = HandlerCounts()
        var act = Breaker.Act.none
        var sample = own
        for number in 0..<120 as Range<UInt64> {
            own[Self.handler, default: HandlerCount()].calls += 1
            own[Self.handler]?.failures += 1
            let counts = own
            act = breaker.failed(.init(handler: Self.handler, session: number % 20, user: number % 20, loop: 0), at: 1) { counts }
            if number == 0 { _ = breaker.counted([0: own], at: 1) }
            if number == 60 { sample = own }
        }
        #expect(act == .none, "it has asked, and waits")
        // Numbers of the time when it asked, and no failure after them.
        act = breaker.counted([0: sample], at: 1)
        #expect(act == .count)
        _ = breaker.counted([0: own], at: 1)
        #expect(breaker.state != .closed)
    }

    @Test func itDoesNotAskForEverWhereNumbersAreMissing() {
        var breaker = Breaker()
        var asked = 0
        for number in 0..<200 as Range<UInt64> {
            var act = breaker.failed(.init(handler: Self.handler, session: number, user: number, loop: 0), at: 1) { [:] }
            while act == .count, asked < 1000 {
                asked += 1
                act = breaker.counted([:], at: 1)
            }
        }
        #expect(asked < 300)
        #expect(breaker.state == .closed)
    }

    @Test func failuresOfLongAgoDoNotAddUp() {
        let scene = Scene()
        for _ in 0..<20 {
            scene.call(90, sessions: 20)
            scene.now += 31 * Self.second
        }
        #expect(!scene.isOpen)
    }

    @Test func itAsksForNumbersSeldom() {
        var breaker = Breaker()
        var asked = 0
        // A tenth of the calls fails.
        var counts = HandlerCounts()
        for number in 0..<10_000 as Range<UInt64> {
            counts[Self.handler, default: HandlerCount()].calls += 10
            counts[Self.handler]?.failures += 1
            let own = counts
            let failure = Breaker.Failure(handler: Self.handler, session: number % 100, user: number % 100, loop: 0)
            guard breaker.failed(failure, at: Self.second, counts: { own }) == .count else { continue }
            asked += 1
            _ = breaker.counted([0: own], at: Self.second)
        }
        #expect(asked < 250)
        #expect(breaker.state == .closed)
    }

    // MARK: Open and half open

    @Test func afterTheCoolDownAFewCallsDecide() {
        let scene = Scene()
        scene.open()
        #expect(!scene.probes(1))
        scene.now += 10 * Self.second
        #expect(scene.probes(1))
        #expect(!scene.probes(1), "the same session at once")
        #expect(scene.probes(2))
        #expect(scene.probePassed() == .none)
        #expect(scene.probePassed() == .closed)
        #expect(!scene.isOpen)
    }

    @Test func aSingleSessionThatFailsCannotKeepItOpen() {
        let scene = Scene()
        scene.open()
        scene.now += 10 * Self.second
        #expect(scene.probes(1))
        scene.call(1, sessions: 1)
        #expect(scene.act == .none)
        for session in [2, 3] as [UInt64] {
            #expect(scene.probes(session))
            scene.act = scene.probePassed()
        }
        #expect(scene.act == .closed)
    }

    @Test func failingProbesDoubleTheTimeUpToFiveMinutes() {
        let scene = Scene()
        scene.open()
        var lengths: [UInt64] = []
        for _ in 0..<7 {
            guard case .open(let until) = scene.breaker.state else { break }
            lengths.append((until - scene.now) / Self.second)
            scene.now = until
            for session in [1, 2] as [UInt64] { #expect(scene.probes(session)) }
            scene.call(2, sessions: 2)
        }
        #expect(lengths == [10, 20, 40, 80, 160, 300, 300])
        #expect(scene.breaker.openings == 8)
    }

    @Test func aLonelySessionIsAskedAgain() {
        let scene = Scene()
        scene.open()
        scene.now += 10 * Self.second
        #expect(scene.probes(1))
        _ = scene.probePassed()
        #expect(!scene.probes(1))
        scene.now += Self.second
        #expect(scene.probes(1))
        #expect(scene.probePassed() == .closed)
    }

    @Test func probesThatNeverEndMakeRoom() {
        let scene = Scene()
        scene.open()
        scene.now += 10 * Self.second
        for session in 1...3 as ClosedRange<UInt64> { #expect(scene.probes(session)) }
        #expect(!scene.probes(4))
        scene.now += 30 * Self.second
        #expect(scene.probes(4))
    }

    @Test func onceItIsBackItTakesAHundredCallsAgain() {
        let scene = Scene()
        scene.open()
        scene.now += 10 * Self.second
        for session in [1, 2] as [UInt64] {
            _ = scene.probes(session)
            _ = scene.probePassed()
        }
        scene.call(99, sessions: 20)
        #expect(!scene.isOpen)
        scene.call(1, sessions: 1)
        #expect(scene.act == .opened(until: scene.now + 20 * Self.second), "soon again: twice as long")
    }
}
