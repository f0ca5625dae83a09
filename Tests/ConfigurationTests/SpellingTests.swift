import Testing

@testable import HPushConfiguration

@Suite struct SpellingTests {
    @Test func nearestWord() {
        let words = ["port", "host", "threads", "read_idle_seconds"]
        #expect(Spelling.nearest(to: "prot", among: words) == "port")
        #expect(Spelling.nearest(to: "Threads", among: words) == "threads")
        #expect(Spelling.nearest(to: "read_idle_second", among: words) == "read_idle_seconds")
        #expect(Spelling.nearest(to: "colour", among: words) == nil)
        #expect(Spelling.nearest(to: "", among: words) == nil)
        #expect(Spelling.distance("", "abc") == 3)
        #expect(Spelling.distance("abc", "") == 3)
    }
}
