import Testing

@testable import Node

@Suite struct GenerationHistoryTests {
    @Test func theLastFiveCanComeBack() {
        var history = GenerationHistory(1)
        #expect(history.previous == nil)
        for next in 2...9 { history.reloaded(next) }
        #expect(history.past == [4, 5, 6, 7, 8])
        #expect((history.current, history.previous) == (9, 8))
    }

    @Test func rollbacksGoFurtherBackEachTime() {
        var history = GenerationHistory("a")
        for next in ["b", "c"] { history.reloaded(next) }
        history.rolledBack("b again")
        #expect((history.current, history.previous) == ("b again", "a"))
        history.rolledBack("a again")
        #expect((history.current, history.previous) == ("a again", nil))
    }

    @Test func aReloadAfterARollbackGoesOnFromThere() {
        var history = GenerationHistory("a")
        history.reloaded("b")
        history.rolledBack("a again")
        history.reloaded("c")
        #expect((history.current, history.previous) == ("c", "a again"))
        #expect(history.past == ["a again"])
    }
}
