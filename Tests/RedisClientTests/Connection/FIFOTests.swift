import Testing

@testable import RedisClient

@Suite struct FIFOTests {
    @Test func keepsItsOrderWhileItGrowsAndShrinks() {
        var queue = FIFO<String>()
        var next = 0
        var expected = 0
        for round in 0..<200 {
            for _ in 0..<(round * 7) % 101 {
                queue.append("\(next)")
                next += 1
            }
            for _ in 0..<(round * 5) % 97 {
                guard let first = queue.popFirst() else { break }
                #expect(first == "\(expected)")
                expected += 1
            }
            let count = queue.count
            #expect(count == next - expected)
        }
        while let first = queue.popFirst() {
            #expect(first == "\(expected)")
            expected += 1
        }
        #expect(expected == next)
        let isEmpty = queue.isEmpty
        #expect(isEmpty)
    }

    @Test func letsGoOfItsElements() {
        final class Thing {}
        weak var taken: Thing?
        weak var left: Thing?
        do {
            var queue = FIFO<Thing>()
            let (first, second) = (Thing(), Thing())
            (taken, left) = (first, second)
            queue.append(first)
            queue.append(second)
            _ = queue.popFirst()
        }
        #expect(taken == nil && left == nil)
    }
}
