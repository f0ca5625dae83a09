/// Stacks so deep, or memory so full, that leaving them is what takes the time. Lua recovers from an error at a cost that grows with
/// the depth, so one error for each level of pcall would take minutes.
let unwindingAttacks: [Attack] =
    [16, 64].flatMap { megabytes in
        recursions.map { name, body in .handler("\(name), \(megabytes) MB", .failure, memory: megabytes, body) }
    }
    + recursions.map { name, body in
        .handler("\(name), memory nearly full", .failure, memory: 64, "\(fill)\n\(body)\nwhile true do end")
    }
    + recursions.flatMap { name, body in
        [
            Attack.handler(
                "\(name), in a comparator", .failure, memory: 64,
                "table.sort({ 2, 1 }, function() \(body) end)"),
            Attack.handler(
                "\(name), in a replacement in a coroutine", .failure, memory: 64,
                "coroutine.wrap(function() ('x'):gsub('x', function() \(body) end) end)()"),
            Attack.handler(
                "\(name), in a pcall that goes on", .runBudget, memory: 64,
                "while true do pcall(function() \(body) end) end"),
        ]
    }

/// Leaves some 100 kB of 64 MB, in pieces that cost the collector little.
private let fill = """
    local kept, size, n = {}, 1 << 20, 0
    while size > 50000 do
      if pcall(function() kept[n + 1] = ('x'):rep(size - n) end) then n = n + 1 else size = size // 2 end
    end
    """

private let recursions: [(String, String)] = [
    ("two nested pcalls", "local function f() pcall(f) pcall(f) end f()"),
    ("a nested pcall and a loop", "local function f() pcall(f) while true do end end f()"),
    ("a nested pcall and errors", "local function f() pcall(f) pcall(f) error('x') end f()"),
    ("pcall of pcall", "local function f() pcall(pcall, f) pcall(pcall, pcall, f) end f()"),
    ("nested xpcall", "local function f() xpcall(f, f) xpcall(f, f) end f()"),
    ("nested pcall that allocates", "local t = {} local function f() t[#t + 1] = {} pcall(f) t[#t + 1] = {} pcall(f) end f()"),
    ("nested pcall with wide frames", "local function f(...) pcall(f, 1, ...) pcall(f, 1, ...) end f()"),
    (
        "nested pcall with __close",
        "local m = setmetatable({}, { __close = function() end }) local function f() local x <close> = m pcall(f) pcall(f) end f()"
    ),
    ("nested coroutines", "local function f() pcall(coroutine.wrap(f)) pcall(coroutine.wrap(f)) end f()"),
    (
        "nested coroutines, each deep",
        """
        local f
        local function g(n) if n == 0 then pcall(coroutine.wrap(f)) else pcall(g, n - 1) pcall(g, n - 1) end end
        function f() g(1000) end
        f()
        """
    ),
    (
        "a deep stack of plain calls, then pcalls",
        """
        local function p() pcall(p) pcall(p) end
        local function f(n) if n == 0 then p() else f(n - 1) end return 1 end
        for n = 10000, 200000, 10000 do pcall(f, n) end
        local function g() local ok = pcall(g) p() return ok end
        g() while true do p() end
        """
    ),
    (
        "plain calls until there is no more room, then pcalls",
        """
        local depth = 0
        local function f() depth = depth + 1 return 1 + f() end
        pcall(f)
        local most = depth
        local function p() pcall(p) pcall(p) end
        local function g(n) if n == 0 then p() else g(n - 1) end return 1 end
        while true do for back = 0, 100 do pcall(g, most - back) end end
        """
    ),
    (
        "comparators in pcalls at the bottom of a deep stack",
        """
        local function p() pcall(table.sort, { 2, 1 }, p) pcall(table.sort, { 2, 1 }, p) end
        local function g(n) if n == 0 then p() else g(n - 1) end return 1 end
        while true do pcall(g, 150000) pcall(g, 60000) end
        """
    ),
]
