import Testing

/// Random patterns on random subjects must give what Lua's own matcher gives, error texts included.
@Suite struct PatternDifferentialTests {
    @Test(arguments: 1...40)
    func randomPatternsMatchAsInLua(seed: Int) {
        let chunk = "local state = \(seed)\n" + Self.cases
        let ours = StdlibProbe.bounded(chunk)
        let theirs = StdlibProbe.reference(chunk)
        #expect(!theirs.failed)
        guard ours != theirs else { return }
        let difference = zip(ours.text.split(separator: "\n"), theirs.text.split(separator: "\n")).first { $0 != $1 }
        Issue.record("ours: \(difference?.0 ?? "?") Lua's: \(difference?.1 ?? "?")")
    }

    /// 250 cases, each through every function that takes a pattern.
    private static let cases = #"""
        local function random(n)
          state = (state * 6364136223846793005 + 1442695040888963407)
          return (state >> 33) % n + 1
        end
        local function pick(list) return list[random(#list)] end
        local pieces = { "a", "b", "c", ".", "%a", "%d", "%s", "%w", "%W", "%x", "%p", "%u", "%l", "%c", "%g", "%z",
          "%D", "[abc]", "[^a]",
          "[a-c]", "[%a1]", "[]]", "[^]]", "[a-]", "[%]]", "[a-%]]", "[^%d-]", "[]-a]", "[%w_-]",
          "%%", "%.", "%-", "1", " ", "^", "$", "\0", "%q",
          "[a-%%]", "[%a-z]", "\xe9", "%\xe9", "[\x80-\xff]", "-", "*", "+", "?" }
        local groups = { "()", "(a)", "(.-)", "(%w*)", "(", ")", "((a)b)", "%1", "%2", "%b()", "%bab",
          "%f[%w]", "%f[^a]", "%f[%z]", "(%a-)()" }
        local broken = { "%", "[", "[a", "[%", "%f", "%b", "%ba", "[^", "[^]", "%0", "%9", ")" }
        local letters = { "a", "b", "c", "A", "1", "9", " ", "(", ")", "]", "-", "%", ".", "\0", "_", "\xe9", "ab", "aa", "^", "$" }
        local function subject()
          local out = {}
          for i = 1, random(16) - 1 do out[i] = pick(letters) end
          return table.concat(out)
        end
        local function pattern()
          local out = {}
          if random(8) == 1 then out[1] = "^" end
          for _ = 1, random(5) do
            local kind = random(20)
            if kind <= 13 then
              out[#out + 1] = pick(pieces) .. pick { "", "", "", "*", "+", "-", "?" }
            elseif kind <= 19 then
              out[#out + 1] = pick(groups)
            else
              out[#out + 1] = pick(broken)
            end
          end
          if random(8) == 1 then out[#out + 1] = "$" end
          return table.concat(out)
        end
        local function show(...)
          local out = {}
          for i = 1, select("#", ...) do
            local v = select(i, ...)
            out[i] = type(v) == "string" and string.format("%q", v) or tostring(v)
          end
          return table.concat(out, ",")
        end
        local function iterate(s, p, init)
          local out = {}
          for a, b, c in string.gmatch(s, p, init) do
            out[#out + 1] = show(a, b, c)
            if #out > 40 then break end
          end
          return table.concat(out, ";")
        end
        local lines = {}
        local init = { 1, 1, 1, 2, -1, 0, 5, -3, 100 }
        for _ = 1, 250 do
          local s, p = subject(), pattern()
          local i = pick(init)
          local r = pick { "x", "%0", "<%1>", "%2", "%%", "%1%1", "", "%", "%x" }
          lines[#lines + 1] = show(s, p, i, r) .. " find " .. show(pcall(string.find, s, p, i))
          lines[#lines + 1] = " match " .. show(pcall(string.match, s, p, i))
          lines[#lines + 1] = " gmatch " .. show(pcall(iterate, s, p, i))
          lines[#lines + 1] = " gsub " .. show(pcall(string.gsub, s, p, r))
          lines[#lines + 1] = " gsub n " .. show(pcall(string.gsub, s, p, r, random(3) - 1))
          lines[#lines + 1] = " gsub f " .. show(pcall(string.gsub, s, p, function(a, b) return b or a ~= "a" and "<" .. a .. ">" end))
          lines[#lines + 1] = " gsub t " .. show(pcall(string.gsub, s, p, { a = "A", b = 1, ab = false, [1] = "one" }))
          lines[#lines + 1] = " plain " .. show(pcall(string.find, s, p, i, true))
        end
        return table.concat(lines, "\n")
        """#
}
