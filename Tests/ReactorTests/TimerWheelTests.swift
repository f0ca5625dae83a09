import Testing

@testable import Reactor

@Suite struct TimerWheelTests {
    let target = TimerRecorder()

    @Test func firesInOrderOfTicksWhateverTheOrderOfScheduling() {
        let wheel = TimerWheel(current: 1000)
        for tick: UInt64 in [1300, 1001, 70_000, 1255, 1256, 1257, 20_000_000, 2024] {
            _ = wheel.schedule(at: tick, target, tag: UInt32(tick))
        }
        #expect(wheel.expire(upTo: 1000) == [])
        #expect(wheel.expire(upTo: 1256) == [1001, 1255, 1256])
        #expect(wheel.expire(upTo: 30_000_000) == [1257, 1300, 2024, 70_000, 20_000_000])
        #expect(wheel.count == 0)
        #expect(wheel.nextEvent() == nil)
    }

    /// Every deadline around the borders of the wheels fires at its very tick, from every kind of starting point.
    @Test func neverEarlyNeverLate() {
        var random = SystemRandomNumberGenerator()
        for start: UInt64 in [0, 255, 256, 65_535, 65_536, 16_777_215, 4_294_967_290, 5_000_000_000] {
            let wheel = TimerWheel(current: start)
            var expected: [UInt64] = []
            for base: UInt64 in [1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 16_777_215, 16_777_216, 16_777_217] {
                for offset: UInt64 in 0...3 { expected.append(start + base + offset) }
            }
            for _ in 0..<500 { expected.append(start + UInt64.random(in: 1...200_000, using: &random)) }
            for (index, tick) in expected.enumerated() { _ = wheel.schedule(at: tick, target, tag: UInt32(index)) }
            var seen = 0
            var wrong = 0
            while let event = wheel.nextEvent() {
                if wheel.popExpired(upTo: event - 1) != nil { wrong += 1 }
                while let expired = wheel.popExpired(upTo: event) {
                    seen += 1
                    if expected[Int(expired.tag)] != event { wrong += 1 }
                }
            }
            #expect(seen == expected.count)
            #expect(wrong == 0)
        }
    }

    @Test func cancelledTimersDoNotFireAndTheirIdsStayVoid() {
        let wheel = TimerWheel()
        let first = wheel.schedule(at: 10, target, tag: 1)
        let second = wheel.schedule(at: 10, target, tag: 2)
        #expect(wheel.cancel(first))
        #expect(!wheel.cancel(first))
        let third = wheel.schedule(at: 10, target, tag: 3)
        #expect(!wheel.cancel(first))
        #expect(!wheel.reschedule(first, at: 50))
        #expect(wheel.expire(upTo: 100).sorted() == [2, 3])
        #expect(!wheel.cancel(second))
        #expect(!wheel.contains(third))
        #expect(!wheel.cancel(.none))
        #expect(!wheel.cancel(TimerID(index: 5_000_000, generation: 1)))
    }

    @Test func reschedulingMovesBothWays() {
        let wheel = TimerWheel()
        let near = wheel.schedule(at: 10, target, tag: 1)
        let far = wheel.schedule(at: 100_000, target, tag: 2)
        #expect(wheel.reschedule(near, at: 70_000))
        #expect(wheel.reschedule(far, at: 20))
        #expect(wheel.expire(upTo: 69_999) == [2])
        #expect(wheel.expire(upTo: 70_000) == [1])
    }

    @Test func schedulingAndCancellingWhileFiring() {
        let wheel = TimerWheel()
        let victim = wheel.schedule(at: 5, target, tag: 2)
        _ = wheel.schedule(at: 4, target, tag: 1)
        let first = wheel.popExpired(upTo: 5)
        #expect(first?.tag == 1)
        wheel.cancel(victim)
        _ = wheel.schedule(at: 0, target, tag: 3)
        #expect(wheel.expire(upTo: 4) == [])
        #expect(wheel.expire(upTo: 5) == [3])
    }

    @Test func holdsTheTargetOnlyWhileScheduled() {
        let wheel = TimerWheel()
        weak var seen: TimerRecorder?
        do {
            let short = TimerRecorder()
            seen = short
            let id = wheel.schedule(at: 10, short, tag: 0)
            _ = wheel.schedule(at: 11, short, tag: 0)
            wheel.cancel(id)
        }
        #expect(seen != nil)
        #expect(wheel.expire(upTo: 20).count == 1)
        #expect(seen == nil)
    }

    /// A far timer costs a wake-up a wheel, not one a tick.
    @Test func farTimersAreQuiet() {
        let wheel = TimerWheel(current: 77)
        _ = wheel.schedule(at: 20_000_000, target, tag: 0)
        var steps = 0
        while let event = wheel.nextEvent() {
            steps += 1
            _ = wheel.expire(upTo: event)
        }
        #expect(steps <= 4)
    }

    @Test func aMillionTimers() {
        #expect(TimerWheel.entrySize <= 40)
        let wheel = TimerWheel()
        let clock = ContinuousClock()
        var ids: [TimerID] = []
        ids.reserveCapacity(1_000_000)
        let took = clock.measure {
            for index in 0..<UInt32(1_000_000) {
                ids.append(wheel.schedule(at: UInt64(1 + index % 18_000), target, tag: index))
            }
            for id in ids { wheel.reschedule(id, at: 20_000) }
            for id in ids where id.index & 1 == 0 { wheel.cancel(id) }
        }
        #expect(wheel.expire(upTo: 19_999) == [])
        let rest = wheel.expire(upTo: 20_000).count
        #expect(rest == 500_000)
        wheel.releaseUnused()
        let id = wheel.schedule(at: 20_001, target, tag: 1)
        #expect(!wheel.contains(ids[0]) && wheel.contains(id))
        // Milliseconds in release; the bound only catches what is not O(1).
        #expect(took < .seconds(20))
    }
}
