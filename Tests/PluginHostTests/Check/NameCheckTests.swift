import Testing

@testable import PluginHost

@Suite struct NameCheckTests {
    private func messages(_ source: String, needs: Set<String>? = nil) throws -> [String] {
        try NameCheck(needs: needs).findings(in: Array(source.utf8)).map { "\($0.place.line):\($0.place.column): \($0.message)" }
    }

    @Test(arguments: [
        "local a = 1; return a",
        "local function f(n) return n > 0 and f(n - 1) or 0 end return f",
        "for i = 1, 3 do print(i) end for k, v in pairs({}) do print(k, v) end",
        "local x <const>, y <close> = 1, nil print(x, y)",
        "repeat local done = true until done",
        "local M = {} function M.a.b:c(...) return self, ... end return M",
        "local t = { name = 1, [print] = 2, 3; f = function(z) return z end } return t.name, t.any.thing",
        "goto done; do print 'x' end ::done::",
        "local s = ('x'):rep(3) .. [[ hpush.nothing ]] .. [==[ ]] hpush.nothing ]==] .. \"\\\" hpush.nope \\z\n  nope\" return s",
        "--[[ hpush.nothing\n ]] -- hpush.nothing\nreturn 0x1p-4 + 1e+3 + .5 // 1 ~ 2 << 3",
        "local hpush = {} return hpush.anything",
        "local function g(print, ...) return print.anything end return g",
        "if a_local then end".replacing("a_local", with: "true") + " while false do break end",
        "local t = {} t.x, t['y'], t.f().z = 1, 2, 3 t:m{ 1 } t:m'x' t.f[[y]]",
        "local _ENV = {} anything = 1",
        "hpush.log('x') hpush.log.info('x') return hpush.json.encode, hpush.stop",
    ])
    func whatIsThereIsNotReported(_ source: String) throws {
        #expect(try messages(source) == [])
    }

    @Test func unknownGlobalsAreNamedWithTheirPlaceAndAGuess() throws {
        #expect(try messages("local count = 1\n  print(cuont)") == ["2:9: unknown global 'cuont'; did you mean count?"])
        #expect(try messages("pritn(1)") == ["1:1: unknown global 'pritn'; did you mean print?"])
        let absent = try messages("return io.open, _G, debug").map { String($0.prefix { $0 != ";" }) }
        #expect(absent == ["1:8: unknown global 'io'", "1:17: unknown global '_G'", "1:21: unknown global 'debug'"])
    }

    @Test func aLocalEndsWithItsBlock() throws {
        #expect(try messages("do local inner = 1 end return inner") == ["1:31: unknown global 'inner'"])
        #expect(try messages("local value = value") == ["1:15: unknown global 'value'"])
        #expect(try messages("for index = 1, 2 do end return index") == ["1:32: unknown global 'index'"])
    }

    @Test func assignmentsToGlobals() throws {
        #expect(try messages("total = 1") == ["1:1: assignment to the global 'total'; declare it local"])
        #expect(try messages("function helper() end") == ["1:10: assignment to the global 'helper'; declare it local"])
        #expect(try messages("hpush.stop = 1") == ["1:1: hpush can't be changed"])
    }

    @Test func namesOfTheAPI() throws {
        #expect(try messages("return hpush.rejct { code = 7 }") == ["1:8: hpush has no 'rejct'; did you mean hpush.reject?"])
        #expect(try messages("hpush.sessions.of_usr('a')") == ["1:1: hpush.sessions has no 'of_usr'; did you mean hpush.sessions.of_user?"])
        #expect(try messages("hpush.shared.incr('a')\nhpush.log.warn('x')") == ["2:1: hpush.log has no 'warn'"])
        #expect(try messages("return string.fnid('a', 'b')") == ["1:8: string has no 'fnid'; did you mean string.find?"])
        #expect(try messages("return os.getenv('HOME')") == ["1:8: os has no 'getenv'"])
    }

    @Test func namesBehindALocalVariable() throws {
        #expect(
            try messages("local s = hpush.sessions\ns.of_usr('a')") == [
                "2:1: hpush.sessions has no 'of_usr'; did you mean hpush.sessions.of_user?"
            ])
        #expect(
            try messages("local h <const>, n = hpush, 1\nreturn h.rejct, h.stop") == [
                "2:8: hpush has no 'rejct'; did you mean hpush.reject?"
            ])
        #expect(try messages("local a = string local b = a return b.fnid") == ["1:37: string has no 'fnid'; did you mean string.find?"])
        #expect(try messages("local s = hpush.sesions return s.get").count == 1, "what is wrong is told once")
        #expect(try messages("local s = hpush.sessions s = {} return s.of_usr") == [], "it may be something else by then")
        #expect(try messages("local h = hpush return h.store.user", needs: []).count == 1)
        #expect(try messages("local a, b = f() return b.x") == ["1:14: unknown global 'f'"])
    }

    @Test func whatNeedsDoesNotNameIsNotThere() throws {
        #expect(try messages("return hpush.redirect", needs: ["redirect"]) == [])
        #expect(
            try messages("return hpush.store.user", needs: []) == [
                "1:8: hpush.store is not there: name it in the plugin's needs = { \"store\" }"
            ])
    }

    @Test(arguments: [
        "local = 1", "x = ", "f(", "'open", "[[open", "if x then", "return return", "@", String(repeating: "(", count: 1000),
        "return a" + String(repeating: ".b", count: 100_000), "a, b",
    ])
    func whatIsNoLuaIsLeftToLua(_ source: String) {
        #expect(throws: LuaLexer.Failure.self) { try messages(source) }
    }
}
