import Messaging
import Testing

@Suite struct IDBlockTests {
    @Test func eachIDIsGivenOnce() {
        var block = IDBlock(upTo: 1000, count: 100)
        let ids = (0..<100).compactMap { _ in block.take() }
        #expect(ids == Array(901...1000))
        #expect(block.take() == nil)
        #expect(block.left == 0)
    }

    @Test func theNextBlockIsDueBeforeThisOneIsEmpty() {
        var block = IDBlock(upTo: 100, count: 100)
        #expect(!block.isLow)
        for _ in 0..<75 { _ = block.take() }
        #expect(!block.isLow)
        _ = block.take()
        #expect(block.isLow)
    }

    @Test func ofOneAndOfNone() {
        var one = IDBlock(upTo: 7, count: 1)
        #expect(one.take() == 7)
        #expect(one.take() == nil)
        var none = IDBlock(upTo: 0, count: 10)
        #expect(none.take() == nil)
    }
}
