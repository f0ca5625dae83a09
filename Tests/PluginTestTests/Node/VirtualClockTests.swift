import Testing

@testable import PluginTest

@Suite struct VirtualClockTests {
    @Test func timersFireInTheOrderOfTheirTimes() {
        let clock = VirtualClock(unix: 100)
        var fired: [String] = []
        _ = clock.schedule(afterMilliseconds: 20) { fired.append("b") }
        _ = clock.schedule(afterMilliseconds: 10) { fired.append("a") }
        _ = clock.schedule(afterMilliseconds: 20) { fired.append("c") }
        let gone = clock.schedule(afterMilliseconds: 15) { fired.append("gone") }
        clock.cancel(gone)
        while let timer = clock.next(until: 25_000_000) { timer.action() }
        #expect(fired == ["a", "b", "c"])
        #expect(clock.seconds == 0.025 && clock.unix == 100.025)
    }

    @Test func theWallClockCanBeSetWithoutTheOther() {
        let clock = VirtualClock(unix: 100)
        _ = clock.next(until: 5_000_000_000)
        clock.setUnix(1000)
        #expect(clock.unix == 1000 && clock.seconds == 5)
        _ = clock.next(until: 6_000_000_000)
        #expect(clock.unix == 1001)
    }
}
