import Testing

@testable import PluginHost

@Suite struct LuaLexerTests {
    private func kinds(_ source: String) throws -> [LuaToken.Kind] { try LuaLexer.tokens(of: Array(source.utf8)).map(\.kind) }

    @Test func wordsNumbersStringsAndSymbols() throws {
        #expect(
            try kinds("local a=31 ..'b'--c") == [
                .keyword("local"), .name("a"), .symbol("="), .literal, .symbol(".."), .literal, .end,
            ])
        #expect(try kinds("a.b...c") == [.name("a"), .symbol("."), .name("b"), .symbol("..."), .name("c"), .end])
        #expect(try kinds("x//y~=z::") == [.name("x"), .symbol("//"), .name("y"), .symbol("~="), .name("z"), .symbol("::"), .end])
        #expect(try kinds("#!/usr/bin/lua\nreturn") == [.keyword("return"), .end])
    }

    @Test func placesCountLinesAndBytes() throws {
        let tokens = try LuaLexer.tokens(of: Array("--[[ a\n b ]] one\n\ttwo '\\\n' three".utf8))
        #expect(
            tokens.map(\.place) == [
                SourcePlace(line: 2, column: 7), SourcePlace(line: 3, column: 2), SourcePlace(line: 3, column: 6),
                SourcePlace(line: 4, column: 3), SourcePlace(line: 4, column: 8),
            ])
    }
}
