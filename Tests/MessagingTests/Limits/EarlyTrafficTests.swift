import Messaging
import Testing

@Suite struct EarlyTrafficTests {
    @Test func framesOfOneConnectionAreCounted() {
        var early = EarlyTraffic(mostFrames: 2)
        let taken = [1, 1, 1, 2].map { early.frame(of: $0) }
        #expect(taken == [true, true, false, true])
        early.forget(1)
        let again = early.frame(of: 1)
        #expect(again)
        early.forget(1)
        early.forget(2)
        #expect(early.isEmpty)
    }

    @Test func zeroIsNoLimitOfFrames() {
        var early = EarlyTraffic(mostFrames: 0)
        let taken = (0..<10_000).map { _ in early.frame(of: 1) }
        #expect(taken.allSatisfy { $0 })
    }

    @Test func largeFramesThatAreNotWholeShareALittleMemory() {
        var early = EarlyTraffic(mostFrames: 0)
        let whole = EarlyTraffic.sharedBytes / 4
        // The first one once more: it is the same frame.
        let four = [0, 1, 2, 3, 0].map { early.announced(whole, of: $0) }
        #expect(four == [true, true, true, true, true])
        let fifth = early.announced(whole, of: 4)
        #expect(!fifth)
        let small = early.announced(EarlyTraffic.freeBytes, of: 4)
        #expect(small, "small ones always may")
        // One comes whole, another one goes.
        _ = early.frame(of: 0)
        let later = [4, 5].map { early.announced(whole, of: $0) }
        #expect(later == [true, false])
        early.forget(1)
        let last = early.announced(whole, of: 5)
        #expect(last)
    }

    @Test func oneMayBeOfAnySize() {
        var early = EarlyTraffic(mostFrames: 0)
        let large = early.announced(EarlyTraffic.sharedBytes * 10, of: 1)
        let another = early.announced(EarlyTraffic.freeBytes + 1, of: 2)
        #expect(large && !another)
    }
}
