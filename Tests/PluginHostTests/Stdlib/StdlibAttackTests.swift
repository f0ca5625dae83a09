import Testing

/// What a hostile plugin may try: each must end soon, as an error or with a result, whatever the input.
@Suite struct StdlibAttackTests {
    /// Processor time one chunk may take in a debug build, milliseconds.
    /// Milliseconds of CPU in a debug build on a busy machine; in a release build it is a fraction.
    static let bound = 400.0

    static let attacks: [(chunk: String, result: String)] = [
        (#"return ("x"):rep(1e9)"#, "resulting string too large"),
        (#"return #(""):rep(1e15)"#, "0"),
        (#"return ("x"):rep(1e9, "y")"#, "too large"),
        (#"return ("x"):rep(math.maxinteger, "yy")"#, "too large"),
        (#"local s = "x" while true do s = s .. s end"#, "not enough memory"),
        (#"return ("a"):rep(1e5):find(".-.-.-.-b$")"#, "pattern too complex"),
        (#"return ("a"):rep(1e5):match((".*"):rep(20) .. "b")"#, "pattern too complex"),
        (#"return #(("a"):rep(1e6):gsub("a", "b"))"#, "1000000"),
        (#"return ("a"):rep(1e6):gsub("a", string.upper)"#, "pattern too complex"),
        (#"return #(("a"):rep(1e6):gsub("", ("%0"):rep(1e6)))"#, "pattern too complex"),
        (#"return ("a"):rep(1e6):gsub("a", ("x"):rep(1e4))"#, ""),
        (#"return #select(30, ("a"):find(("("):rep(30) .. "a" .. (")"):rep(30)))"#, "1"),
        (#"return ("a"):find(("("):rep(1000))"#, "too many captures"),
        (#"return ("x"):find(("(x"):rep(20))"#, ""),
        (#"return ("("):rep(8e6):find("%b()")"#, "pattern too complex"),
        (#"return ("("):rep(1e5):gsub("%b()", "")"#, "too complex"),
        (#"return ("a"):rep(8e6):find("%f[b]")"#, "pattern too complex"),
        (#"return ("a"):find(("a?"):rep(1e4) .. ("a"):rep(1e4))"#, ""),
        (#"return ("a"):find(("a"):rep(1e6) .. "%")"#, "pattern too long"),
        (#"return #("ab"):rep(4e6):find(("ab"):rep(2e6) .. "c", 1, true)"#, ""),
        (#"local n = 0 for _ in ("a"):rep(1e5):gmatch(".-.-.-b") do n = n + 1 end"#, "pattern too complex"),
        (#"return ("%999d"):format(3)"#, "invalid conversion"),
        (#"return ("%p"):format({})"#, "invalid conversion '%p'"),
        (#"return ("%-5p"):format({})"#, "invalid conversion '%p'"),
        (
            #"return ("%99.99f"):rep(1e5):format(table.unpack(setmetatable({}, {__index = function() return 1e308 end}), 1, 99999))"#,
            "too many conversions"
        ),
        (#"return ("%q"):format(("\0"):rep(8e6))"#, "too long for '%q'"),
        (
            #"return table.concat(setmetatable({}, {__len = function() return 1 << 53 end, __index = function() return "x" end}))"#,
            "too many elements"
        ),
        (#"return table.concat({}, "", 1, 1 << 53)"#, "invalid value"),
        (#"local t = {} for i = 1, 5e5 do t[i] = 0.1 end return table.concat(t)"#, "too many elements"),
        (#"table.move({}, 1, 1 << 53, 2)"#, "too many elements"),
        (#"table.insert(setmetatable({}, {__len = function() return 1 << 53 end}), 1, 0)"#, "too many elements"),
        (#"table.insert(setmetatable({}, {__len = function() return math.maxinteger end}), 0)"#, ""),
        (#"table.remove(setmetatable({}, {__len = function() return 1 << 53 end}), 1)"#, "too many elements"),
        (#"return table.unpack({}, 1, 1e8)"#, "too many results"),
        (#"return select('#', table.unpack({}, 1, 9e5))"#, "900000"),
        (#"local t = {} for i = 1, 1e5 do t[i] = i end table.sort(t, function() return true end) return #t"#, "100000"),
        (#"local t = {} for i = 1, 1e5 do t[i] = i * 7919 % 100003 end table.sort(t) return t[1]"#, "1"),
        (#"local t = {} for i = 1, 1e5 do t[i] = i end table.sort(t, function(a) if a > 500 then error({}) end end)"#, "table"),
        (#"table.sort(setmetatable({}, {__len = function() return 1 << 53 end}))"#, "too many elements to sort"),
        (
            #"local a, b = ("x"):rep(8e6), ("x"):rep(8e6) local t = {} for i = 1, 1e5 do t[i] = i % 2 == 0 and a or b end table.sort(t)"#,
            "too long to sort"
        ),
        (#"return ("c1000000000"):pack("")"#, "too large"),
        (#"return ("c8000000"):rep(9):pack("", "", "")"#, "too large"),
        (#"return ("!16i1"):rep(1e5):packsize()"#, "format too long"),
        (#"return utf8.char(table.unpack({}, 1, 9e5))"#, "too many arguments"),
        (#"return #utf8.char(-1)"#, "out of range"),
        (#"return utf8.len(("x"):rep(8e6))"#, "8000000"),
        (#"return tonumber(("1"):rep(8e6))"#, "string too long"),
        (#"return ("1"):rep(8e6) + 1"#, "inf"),
        (#"return os.date(("%c"):rep(1e6))"#, "string too long"),
        (#"local t t = setmetatable({}, {__tostring = function() return tostring(t) end}) return tostring(t)"#, "C stack overflow"),
        (#"local t t = setmetatable({}, {__index = function(_, k) return t[k + 1] end}) return t[1]"#, "stack overflow"),
        (#"local t t = setmetatable({}, {__concat = function(a, b) return a .. b end}) return t .. t"#, "stack overflow"),
        (#"local t = {} for i = 1, 3000 do t = setmetatable({}, {__index = t}) end return t.x"#, "chain too long"),
        (#"local function f(s) return s:gsub(".", f) end return f("abc")"#, "C stack overflow"),
        (#"local function f(e) return xpcall(error, f, e) end f(1) return "ended""#, "ended"),
        (#"local function f() return f() + 1 end return f()"#, "not enough memory"),
        (#"error(setmetatable({}, {__tostring = error}))"#, "table"),
        (#"error()"#, "nil"),
        (#"while true do pcall(error) end"#, "budget used up"),
        (#"while true do pcall(string.rep, "x", 1e9) end"#, "budget used up"),
        (#"local t = {} while true do t[#t + 1] = {} end"#, ""),
    ]

    @Test(arguments: attacks.indices)
    func endsSoon(index: Int) {
        let (chunk, result) = Self.attacks[index]
        let (outcome, milliseconds) = StdlibProbe.bounded.timed(chunk)
        #expect(milliseconds < Self.bound, "\(chunk)")
        #expect(result.isEmpty || outcome.text.contains(result), "\(chunk): \(outcome.text.prefix(200))")
    }

    @Test(arguments: [
        "while true do table.concat({}) end",
        #"("a"):rep(1e5):find(".-.-.-b")"#,
        #"table.unpack(setmetatable({}, {__index = table.concat}), 1, 99999)"#,
        #"local t = {} for i = 1, 100 do t[i] = ("a"):rep(1000) .. ".-.-.-b" end host.expire() table.sort(t, string.find)"#,
        #"table.concat({1, 2})"#,
        #"string.rep("x", 2)"#,
        #"("x"):gsub("x", "y")"#,
        #"string.upper("x")"#,
        #"table.insert({}, 1)"#,
        #"string.format("x")"#,
    ])
    func armedWatchdogStopsLibraryCalls(call: String) {
        // The hook of this probe stops nothing by itself: bytecode alone would go on until the instructions are used up.
        let outcome = StdlibProbe.expiring("host.expire(); " + call)
        #expect(outcome.failed)
        #expect(outcome.text.hasSuffix("time budget used up"))
    }
}
