import Testing

/// setmetatable and getmetatable stand between a script's metatables and what the virtual machine sees.
@Suite struct MetatableTests {
    @Test(arguments: [
        "local m = {} return getmetatable(setmetatable({}, m)) == m",
        "local m = {} local t = setmetatable({}, m) return rawequal(getmetatable(t), m), getmetatable(m)",
        "local t = setmetatable({}, {}) return setmetatable(t, nil) == t, getmetatable(t)",
        "local m = { __index = { 1 } } local a, b = setmetatable({}, m), setmetatable({}, m) return a[1], getmetatable(b) == m",
        "return getmetatable(setmetatable({}, { __metatable = 'locked' }))",
        "return getmetatable(setmetatable({}, { __metatable = false }))",
        "return pcall(setmetatable, setmetatable({}, { __metatable = 1 }), {})",
        "getmetatable()",
        "return getmetatable(1), getmetatable(nil), getmetatable(print)",
        "local C = {} C.__index = C function C.new() return setmetatable({}, C) end function C:f() return 7 end return C.new():f()",
        "local m = setmetatable({}, { __index = function() return 1 end }) return #setmetatable({}, m)",
        "local m = {} local t = setmetatable({}, m) m.__len = function() return 9 end setmetatable(t, m) return #t",
        "local m = { __len = function() return 9 end } local t = setmetatable({}, m) m.__len = nil setmetatable({}, m) return #t",
        "local t = setmetatable({ 1 }, { __mode = 'kv' }) return #t",
        "return #setmetatable({ 1 }, { __mode = 5 }), #setmetatable({ 1 }, { __mode = 'x\\0k' })",
        "local m = {} m.__index = m setmetatable(m, m) return rawget(m, 'x'), getmetatable(m) == m",
    ])
    func behavesAsInLua(chunk: String) {
        #expect(StdlibProbe.bounded(chunk) == StdlibProbe.reference(chunk))
    }

    static let operations = [
        ("__index", "t.x"), ("__call", "t(1)"), ("__eq", "t == u"), ("__lt", "t < u"), ("__le", "t <= u"), ("__concat", "t .. 'x'"),
        ("__len", "#t"), ("__unm", "-t"), ("__add", "t + 1"), ("__sub", "t - 1"), ("__mul", "t * 1"), ("__div", "t / 1"),
        ("__mod", "t % 1"), ("__pow", "t ^ 1"), ("__idiv", "t // 1"), ("__band", "t & 1"), ("__bor", "t | 1"), ("__bxor", "t ~ 1"),
        ("__shl", "t << 1"), ("__shr", "t >> 1"), ("__bnot", "~t"), ("__tostring", "tostring(t)"), ("__pairs", "pairs(t)"),
    ]

    @Test(arguments: operations)
    func takesOverEveryMetamethod(name: String, use: String) {
        let chunk = """
            local m = { \(name) = function() return "called" end }
            local t, u = setmetatable({}, m), setmetatable({}, m)
            return \(use)
            """
        let outcome = StdlibProbe.bounded(chunk)
        #expect(outcome == StdlibProbe.reference(chunk))
        #expect(outcome.text.hasPrefix("called") || outcome.text == "true")
    }

    @Test func takesOverTheOtherFields() {
        let chunk = """
            local log = {}
            local m = { __name = "Thing", __newindex = function(t, k, v) log[#log + 1] = k end }
            function m.__close() log[#log + 1] = "closed" end
            do local t <close> = setmetatable({}, m) t.x = 1 end
            return (tostring(setmetatable({}, m)):gsub(":.*", "")), table.concat(log, " ")
            """
        #expect(StdlibProbe.bounded(chunk) == .init(failed: false, text: "Thing\tx closed"))
    }

    @Test func weakKeysAloneAreRefused() {
        let text = #"a metatable with __mode = "k" is not allowed: use "kv", or "v", or remove entries yourself"#
        #expect(StdlibProbe.bounded("setmetatable({}, { __mode = 'k' })").text == "probe:1: \(text)")
        #expect(StdlibProbe.bounded("local m = { __mode = 'v' } setmetatable({}, m) m.__mode = 'k' setmetatable({}, m)").failed)
    }

    @Test func aModeSetLaterHasNoEffect() {
        // A chain of ephemerons in no order would take seconds of one collection.
        let chunk = """
            local m, tables, order = {}, {}, {}
            for i = 1, 20000 do tables[i], order[i] = setmetatable({}, m), i end
            for i = #order, 2, -1 do
              local j = math.random(i)
              order[i], order[j] = order[j], order[i]
            end
            local first = {}
            local key = first
            for _, i in ipairs(order) do
              local value = {}
              tables[i][key] = value
              key = value
            end
            m.__mode = "k"
            rawset(m, "__mode", "k")
            key = nil
            for i = 1, 3e5 do local garbage = {} end
            return #tables
            """
        let (outcome, milliseconds) = StdlibProbe.bounded.timed(chunk)
        #expect(outcome.text == "20000")
        #expect(milliseconds < 1000)
    }

    @Test func metatablesOfTheirOwnAreCollected() {
        // Far more than fits into 4 MB if any of the copies stayed.
        let chunk = """
            for i = 1, 200000 do local m = { i } m.__index = m setmetatable(m, m) setmetatable({}, { __index = m }) end
            local kept = setmetatable({}, { __index = function() return "still there" end })
            for i = 1, 100000 do setmetatable({}, {}) end
            return kept.x
            """
        #expect(StdlibProbe.bounded(chunk, memory: 4 << 20).text == "still there")
    }

    @Test func weakValuesAreCleared() {
        let chunk = """
            local t = setmetatable({}, { __mode = "v" })
            t[1] = {}
            for i = 1, 1e6 do local garbage = {} end
            return t[1]
            """
        #expect(StdlibProbe.bounded(chunk).text == "nil")
    }
}
