import Testing

@testable import Reactor

@Suite struct StillstandTests {
    private let millisecond: UInt64 = 1_000_000
    private var stillstand = Stillstand(patience: 4_000_000_000)

    @Test mutating func ordinaryTicksAreNone() {
        stillstand.woke(at: 5_000 * millisecond, after: 1_000 * millisecond)
        #expect(stillstand.end == 0 && !stillstand.covers(lastRead: 0))
    }

    @Test mutating func whatWasReadLastBeforeItIsCovered() {
        stillstand.woke(at: 20_000 * millisecond, after: 1_000 * millisecond)
        #expect(stillstand.covers(lastRead: 900))
        // It has been heard since, or came since.
        #expect(!stillstand.covers(lastRead: 20_000))
        #expect(!stillstand.covers(lastRead: 20_500))
    }

    @Test mutating func itIsOverTwoSecondsLater() {
        stillstand.woke(at: 20_000 * millisecond, after: 1_000 * millisecond)
        stillstand.woke(at: 21_900 * millisecond, after: 21_800 * millisecond)
        #expect(stillstand.covers(lastRead: 900))
        stillstand.woke(at: 22_100 * millisecond, after: 21_900 * millisecond)
        #expect(!stillstand.covers(lastRead: 900))
    }
}
