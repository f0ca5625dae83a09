import Testing

/// Chunks that must behave as with Lua's own library.
@Suite struct LibraryDifferentialTests {
    static let chunks: [String] = [
        // find, match
        #"return ("hello world"):find("o w")"#,
        #"return ("hello"):find("")"#,
        #"return ("hello"):find("", 6)"#,
        #"return ("hello"):find("", 7)"#,
        #"return ("hello"):find("l", -2)"#,
        #"return ("a.b"):find(".", 2, true)"#,
        #"return ("key = value"):match("^(%w+)%s*=%s*(%w+)$")"#,
        #"return ("x"):match("()x()")"#,
        #"return ("[[nested [x]]]"):match("%b[]")"#,
        #"return ("THE (quick) fox"):find("%f[%a]%a+%f[%A]")"#,
        #"return ("abcabc"):match("(abc)%1")"#,
        #"return ("  trim  "):match("^%s*(.-)%s*$")"#,
        #"return ("2026-11-24"):match("(%d+)-(%d+)-(%d+)")"#,
        #"return (12345):rep(2)"#,
        #"return string.find(12345, 34)"#,
        // gsub, gmatch
        #"return ("hello world"):gsub("o", "0")"#,
        #"return ("abc"):gsub("", "-")"#,
        #"return ("abc"):gsub("%w*", "x")"#,
        #"return ("abc"):gsub("b*", "x")"#,
        #"return ("hello"):gsub("l", {l = "L"})"#,
        #"return ("abc"):gsub("%w", "%0%0", 2)"#,
        #"return ("abc"):gsub("b", false)"#,
        #"return ("abc"):gsub("^a", "x")"#,
        #"return ("aaa"):gsub("^a", "x")"#,
        #"return ("$name is $age"):gsub("%$(%w+)", {name = "Al", age = 4})"#,
        #"return ("abc"):gsub("b", function() return {} end)"#,
        #"return ("x"):gsub("x", 5)"#,
        #"return ("x"):gsub("x", "%2")"#,
        #"return ("x"):gsub("x", "%")"#,
        #"local t = {} for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do t[#t + 1] = k .. v end return table.concat(t, ";")"#,
        #"local n = 0 for w in ("one two"):gmatch("%a*") do n = n + 1 end return n"#,
        #"local t = {} for w in ("abcd"):gmatch("%a", 3) do t[#t + 1] = w end return table.concat(t)"#,
        // the other string functions
        #"return ("ab"):rep(3, ","), ("ab"):rep(1, ","), ("ab"):rep(0), ("ab"):rep(-1), (""):rep(5, "x"), ("abc"):rep(7, "-+")"#,
        #"return ("%5.2f|%d|%s|%q|%x|%-5s|%%|%c|%i|%g|%a"):format(3.14159, 42, "s", "a\nb", 255, "l", 65, 7, 1e20, 1)"#,
        #"return ("%q"):format(1/3), ("%s"):format(nil), ("%s %s"):format(1, true)"#,
        #"return ("%d"):format(1.5)"#,
        #"return ("%y"):format(1)"#,
        #"return ("%d"):format()"#,
        #"return ("%10.3s|"):format("abcdef")"#,
        #"return ("%"):format(1)"#,
        #"return ("abc"):byte(1, -1)"#,
        #"return string.char(72, 105)"#,
        #"return ("hello"):sub(-3, -2)"#,
        #"return ("Hi"):upper(), ("Hi"):lower(), ("Hi"):reverse()"#,
        #"return string.unpack("<i4 z s1", string.pack("<i4 z s1", 100, "hey", "you"))"#,
        #"return string.packsize("<i4 i8 c10")"#,
        #"return "10" + 5, "3" * "4", 10 .. "", -"2", "7" // 2, "2" ^ 2, "7" % 4, "0x10" - 1"#,
        #"return "abc" + 1"#,
        #"return "10" + {}"#,
        // table
        #"return table.concat({1, 2.5, "x"}, ", ")"#,
        #"return table.concat({1, 2, 3}, "-", 2, 3)"#,
        #"return table.concat({}, "x")"#,
        #"return table.concat({1, {}, 3})"#,
        #"return table.concat({"a", "b"}, 1)"#,
        #"return table.concat({1, 2}, ",", 1, 3)"#,
        #"return table.concat({[math.maxinteger] = "x"}, ",", math.maxinteger)"#,
        #"local t = {1, 2, 3} table.insert(t, 4) table.insert(t, 1, 0) table.insert(t, 6, 9) return table.concat(t, ",")"#,
        #"table.insert({1, 2}, 5, 1)"#,
        #"table.insert({}, 1, 2, 3)"#,
        #"table.insert({})"#,
        #"table.insert(nil, 1)"#,
        #"""
        local t = {1, 2, 3} return table.remove(t), table.remove(t,
        1), #t, t[1], table.remove({}), table.remove({}, 0), table.remove({1}, 2)
        """#,
        #"local t = {n = 1, [0] = "zero"} return table.remove(t, 0), t[0]"#,
        #"return table.unpack({1, 2, 3}, 2)"#,
        #"return table.unpack({1, 2}, -1, 3)"#,
        #"return table.unpack({}, 1, 1e8)"#,
        #"return table.unpack({}, math.mininteger, math.maxinteger)"#,
        #"return table.pack(1, nil, 3).n"#,
        #"return table.concat(table.move({1, 2, 3, 4, 5}, 2, 5, 1), ",")"#,
        #"return table.concat(table.move({1, 2, 3}, 1, 3, 2), ",")"#,
        #"return table.concat(table.move({1, 2, 3}, 1, 3, 3, {9, 9}), ",")"#,
        #"return #table.move({1, 2, 3}, 1, 0, 2)"#,
        #"table.move({}, math.mininteger, math.maxinteger, 2)"#,
        #"table.move({}, 1, math.maxinteger, 2)"#,
        #"local t = {3, 1, 2, 10, -5, 2.5} table.sort(t) return table.concat(t, " ")"#,
        #"local t = {"b", "a", "c", "", "aa", "B", "a\0b", "a\0"} table.sort(t) return (table.concat(t, " "):gsub("%z", "0"))"#,
        #"local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return table.concat(t, " ")"#,
        #"table.sort({1, 2}, 3)"#,
        #"local t = {} for i = 1, 999 do t[i] = i * 7919 % 1009 end table.sort(t) return table.concat(t, " ")"#,
        #"table.sort({1, {}})"#,
        #"table.sort({{}, {}})"#,
        #"table.sort({1, nil, 3})"#,
        #"""
        local p = setmetatable({}, {__index = function(_, i) if i < 4 then
        return i * 2 end end, __len = function() return 3 end}) return table.concat(p, ","), table.unpack(p)
        """#,
        #"""
        local log = {} local p = setmetatable({}, {__newindex = function(_,
        k, v) log[#log + 1] = k .. "=" .. tostring(v) end}) table.insert(p, 1) table.move({7, 8}, 1, 2, 1, p) return table.concat(log, " ")
        """#,
        // math, utf8, os, basics
        #"return math.max(1, 5, 3), math.floor(-3.5), math.tointeger(3.0), math.type(1.0), math.ult(1, -1), math.fmod(7, 3)"#,
        #"math.randomseed(42) return math.random(100), math.random(5, 6), math.random()"#,
        #"return math.random(0) == nil, (pcall(math.random, 2, 1))"#,
        #"""
        return utf8.char(228, 8364, 128512), utf8.len("äö"),
        utf8.codepoint("äö", 1, -1), utf8.offset("äö", 2), utf8.len("\xff"), utf8.charpattern
        """#,
        #"local t = {} for p, c in utf8.codes("aé€") do t[#t + 1] = p .. ":" .. c end return table.concat(t, " ")"#,
        #"for p, c in utf8.codes("a\xff") do end"#,
        #"return utf8.codes()"#,
        #"return os.date("!%Y-%m-%d %H:%M:%S", 0), os.time({year = 2026, month = 14, day = -3, hour = 12}), os.difftime(5, 2)"#,
        #"return os.date("!*t", 86400).year"#,
        #"return os.date("%Ez")"#,
        #"return os.date("%")"#,
        #"return os.time({year = 1})"#,
        #"return os.date("%Y", 1e300)"#,
        #"return tonumber("0x1p4"), tonumber("z", 36), tonumber("  12  "), tonumber("1e"), tonumber({})"#,
        #"return select(-1, 1, 2), select('#', nil, nil)"#,
        #"return pcall(error, {code = 1}) == false, select(2, pcall(error, "m", 0))"#,
        #"return select(2, xpcall(function() error("x", 0) end, function(m) return m .. "!" end))"#,
        #"return getmetatable(setmetatable({}, {__metatable = "locked"}))"#,
        #"setmetatable({}, 1)"#,
        #"setmetatable(1, {})"#,
        #"setmetatable({})"#,
        #"setmetatable(setmetatable({}, {__metatable = 1}), {})"#,
        #"return rawlen({1, 2}), rawequal("a", "a"), rawget({5}, 1), next({}), type(nil)"#,
        #"""
        local t = {} for k, v in pairs(setmetatable({}, {__pairs = function()
        return next, {a = 1} end})) do t[#t + 1] = k end return t[1]
        """#,
    ]

    @Test(arguments: chunks)
    func behavesAsInLua(chunk: String) {
        #expect(StdlibProbe.bounded(chunk) == StdlibProbe.reference(chunk))
    }
}
