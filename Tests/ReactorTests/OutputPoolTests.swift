import Testing

@testable import Reactor

@Suite struct OutputPoolTests {
    @Test func picksTheClassThatFits() {
        let pool = OutputPool()
        let cases = [(1, 0, 4 << 10), (4097, 0, 16 << 10), (10, 20_000, 64 << 10), (10, 10_000_000, 256 << 10), (1_000_000, 0, 1_000_000)]
        for (count, before, capacity) in cases {
            let chunk = pool.take(count, before: before)
            #expect(Int(chunk.pointee.capacity) == capacity)
            pool.giveBack(chunk)
        }
    }

    @Test func reusesAndKeepsNoMoreThanItMay() {
        let pool = OutputPool(retainedLimit: 10_000)
        let chunks = (0..<3).map { _ in pool.take(10) }
        chunks[0].pointee.end = 99
        for chunk in chunks { pool.giveBack(chunk) }
        #expect(pool.retained == 8192)
        let again = pool.take(10)
        #expect(again.pointee.end == 0 && again.pointee.start == 0)
        #expect(pool.retained == 4096)
        pool.giveBack(again)
        pool.giveBack(pool.take(1_000_000))
        #expect(pool.retained == 8192)
        pool.releaseAll()
        #expect(pool.retained == 0)
    }
}
