import Testing

@testable import ChatConsole

@Suite struct LineSplitterTests {
    private func lines(_ parts: [String], limit: Int = 100) -> [String] {
        var splitter = LineSplitter(limit: limit)
        var lines: [String] = []
        for part in parts {
            splitter.append(Array(part.utf8))
            while let line = splitter.next() { lines.append(line) }
        }
        if let rest = splitter.rest() { lines.append(rest) }
        return lines
    }

    @Test(
        arguments: [
            (["a\nb\n"], ["a", "b"]), (["a\r\nb"], ["a", "b"]), (["a", "b\n", "\nc"], ["ab", "", "c"]), ([""], []), (["\n"], [""]),
        ] as [([String], [String])])
    func splits(parts: [String], expected: [String]) {
        #expect(lines(parts) == expected)
    }

    @Test func aLineWithoutEndIsCut() {
        #expect(lines(["abcdef"], limit: 4) == ["abcdef"])
        #expect(lines(["abcdef", "gh\n"], limit: 4) == ["abcdef", "gh"])
    }
}
