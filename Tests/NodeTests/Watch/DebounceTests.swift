import Testing

@testable import Node

@Suite struct DebounceTests {
    private static let millisecond: UInt64 = 1_000_000

    @Test func isOverAfterSomeQuiet() {
        var debounce = Debounce()
        #expect(debounce.due == nil)
        debounce.changed(at: 0)
        debounce.changed(at: 100 * Self.millisecond)
        let seen = [299, 300, 900].map { debounce.isOver(at: $0 * Self.millisecond) }
        #expect(seen == [false, true, false])
        #expect(debounce.due == nil)
    }

    @Test func changesWithoutEndAreNotWaitedForForEver() {
        var debounce = Debounce()
        var over: UInt64?
        for time in stride(from: 0, through: 5000, by: 50) where over == nil {
            debounce.changed(at: UInt64(time) * Self.millisecond)
            if debounce.isOver(at: UInt64(time) * Self.millisecond) { over = UInt64(time) }
        }
        #expect(over == 2000)
    }
}
