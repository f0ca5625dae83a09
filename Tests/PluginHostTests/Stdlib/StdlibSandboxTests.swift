import Testing

/// What a plugin can see and change.
@Suite struct StdlibSandboxTests {
    @Test(arguments: [
        "collectgarbage", "load", "loadstring", "loadfile", "dofile", "debug", "io", "package", "require", "_G", "string.dump",
        "os.execute", "os.exit", "os.getenv", "os.remove", "os.rename", "os.tmpname", "os.setlocale", "math.pow", "coroutine",
    ])
    func isAbsent(name: String) {
        #expect(StdlibProbe.bounded("return \(name)") == .init(failed: false, text: "nil"))
    }

    @Test func stringMetatableIsOutOfReach() {
        #expect(StdlibProbe.bounded(#"return getmetatable("")"#).text == "false")
        #expect(StdlibProbe.bounded(#"getmetatable("").__index = {}"#).failed)
        #expect(StdlibProbe.bounded(#"("x").upper = 1"#).failed)
        #expect(StdlibProbe.bounded(#"return ("x").dump"#).text == "nil")
        // A plugin may alter its own string table; methods on strings stay as they are.
        #expect(StdlibProbe.bounded(#"string.upper = nil string.x = 1 return ("x"):upper(), ("x").x"#).text == "X\tnil")
    }

    @Test func finalizersAreRefused() {
        #expect(StdlibProbe.bounded("setmetatable({}, {__gc = function() end})").text == "probe:1: a metatable with __gc is not allowed")
        #expect(StdlibProbe.bounded("setmetatable({}, {__gc = true})").failed)
        #expect(StdlibProbe.bounded("setmetatable({}, setmetatable({__gc = 1}, {__index = error}))").failed)
        let later = """
            local ran = false
            local m = {}
            local t = setmetatable({}, m)
            m.__gc = function() ran = true end
            t = nil
            for i = 1, 2e5 do local garbage = {} end
            return ran, pcall(setmetatable, {}, m)
            """
        #expect(StdlibProbe.bounded(later).text == "false\tfalse\ta metatable with __gc is not allowed")
    }

    @Test func randomDiffersBetweenStates() {
        let chunk = "return math.random(0), math.random(0)"
        #expect(StdlibProbe.bounded(chunk) != StdlibProbe.bounded(chunk))
    }

    @Test func failsCleanlyWhenMemoryIsTooSmallForAnyLibrary() {
        // Growing limits let every allocation on the way fail once.
        for memory in stride(from: 0, to: 40_000, by: 97) {
            let outcome = StdlibProbe.bounded("return 1", memory: memory)
            #expect(outcome.text == "1" || outcome.failed)
        }
        #expect(StdlibProbe.bounded("return 1", memory: 40_000).text == "1")
    }
}
