import Testing

@testable import ZooKeeperClient

@Suite struct EntryQueueTests {
    @Test func keepsOrderWhileItGrowsAndTurns() {
        var queue = EntryQueue<Int>()
        var next = 0
        var expected = 0
        for round in 1...200 {
            for _ in 0..<(round % 37) {
                queue.append(next)
                next += 1
            }
            for _ in 0..<(round % 23) where !queue.isEmpty {
                #expect(queue.popFirst() == expected)
                expected += 1
            }
        }
        #expect(queue.count == next - expected)
        queue.forEach { $0 += 1_000_000 }
        #expect(queue.removeAll() == (expected..<next).map { $0 + 1_000_000 })
        #expect(queue.popFirst() == nil)
    }
}
