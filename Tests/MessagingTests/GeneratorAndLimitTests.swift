import Messaging
import Testing

@Suite struct SnowflakeGeneratorTests {
    @Test func idsGrowAlsoWhenTheClockGoesBack() {
        let ids = SnowflakeGenerator(worker: 5)
        let start = SnowflakeGenerator.epoch + 1_000_000
        var last: UInt64 = 0
        for step in 0..<10_000 {
            let id = ids.next(now: start + UInt64(step % 3 == 0 ? 0 : step))
            #expect(id > last)
            #expect((id >> 12) & 0x3ff == 5)
            last = id
        }
    }

    @Test func moreThan4096InAMillisecondRunAhead() {
        let ids = SnowflakeGenerator(worker: 0)
        let now = SnowflakeGenerator.epoch + 5000
        #expect(Set((0..<20_000).map { _ in ids.next(now: now) }).count == 20_000)
    }

    @Test func oneThatBeginsLaterRepeatsNothingOfTheOneBefore() {
        let now = SnowflakeGenerator.epoch + 5000
        let before = SnowflakeGenerator(worker: 1)
        let old = (0..<20_000).map { _ in before.next(now: now) }
        // The clock went back meanwhile.
        let after = SnowflakeGenerator(worker: 1, from: before.end)
        #expect(after.next(now: now - 4000) > old.last ?? .max)
        #expect(after.end > before.end)
    }
}

@Suite struct CongestionTests {
    @Test func sendersWaitForASecondOnce() {
        let congestion = Congestion(since: 0xffff_ff00)
        let sender = SessionHandle(loop: 0, generation: 1, slot: 1)
        #expect(congestion.add(sender) && !congestion.add(sender))
        #expect(!congestion.isOver(at: 0xffff_ff00 &+ 999))
        #expect(congestion.isOver(at: 0xffff_ff00 &+ 1000), "the clock wraps")
        #expect(congestion.takePaused() == [sender])
        #expect(congestion.takePaused() == [])
    }
}
