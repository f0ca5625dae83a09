import Testing

@testable import Node

@Suite struct WakeQueueTests {
    /// How many run in a turn that has lasted for so many nanoseconds.
    private func admitted(_ queue: inout WakeQueue, turn: UInt64, spent: UInt64) -> Int {
        var count = 0
        while queue.admits(now: turn, clock: { turn + spent }) { count += 1 }
        return count
    }

    @Test func fewRunInAShortTurnAndMoreInALongOne() {
        var queue = WakeQueue()
        #expect(admitted(&queue, turn: 1_000_000, spent: 500) == 3)
        #expect(admitted(&queue, turn: 2_000_000, spent: 200_000) == 10)
        #expect(admitted(&queue, turn: 9_000_000, spent: 50_000_000) == 16)
    }

    @Test func aTurnsNumberIsSettledWhenItBegins() {
        var queue = WakeQueue()
        #expect(admitted(&queue, turn: 1_000_000, spent: 0) == 3)
        #expect(admitted(&queue, turn: 1_000_000, spent: 900_000) == 0)
    }

    @Test func aClockThatIsBehindHarmsNothing() {
        var queue = WakeQueue()
        var count = 0
        while queue.admits(now: 5_000, clock: { 1_000 }) { count += 1 }
        #expect(count == 3)
    }
}
