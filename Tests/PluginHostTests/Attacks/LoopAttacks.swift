/// Endless loops, hidden in every place that calls a script's function.
let loopAttacks: [Attack] = [
    .handler("plain loop", .runBudget, "while true do end"),
    .handler("goto loop", .runBudget, "::again:: goto again"),
    .handler("numeric for", .runBudget, "for i = 1, math.huge do end"),
    .handler("tail calls", .runBudget, "local function f() return f() end return f()"),
    .handler("pcall", .runBudget, "pcall(function() while true do end end)"),
    .handler("pcall again and again", .runBudget, "while true do pcall(function() while true do end end) end"),
    .handler("nested pcall", .runBudget, "local function f() while true do pcall(pcall, f) end end f()"),
    .handler("recursive pcall", .runBudget, "local function f() pcall(f) while true do end end f()"),
    .handler("pcall of error", .runBudget, "while true do pcall(error) end"),
    .handler("xpcall with a looping message handler", .runBudget, "xpcall(error, function() while true do end end)"),
    .handler("xpcall in itself", .runBudget, "local function f() xpcall(f, f) while true do end end f()"),
    .handler("wrap", .runBudget, "coroutine.wrap(function() while true do end end)()"),
    .handler("pcall of wrap, in a loop", .runBudget, "while true do pcall(coroutine.wrap(function() while true do end end)) end"),
    .handler(
        "coroutines three deep", .runBudget,
        """
        local r, c = coroutine.resume, coroutine.create
        while true do
          r(c(function() while true do pcall(r, c(function() r(c(function() while true do end end)) end)) end end))
        end
        """),
    .handler(
        "a coroutine kept from message to message", .runBudget, messages: 3,
        """
        hold.co = hold.co or coroutine.create(function() while true do end end)
        coroutine.resume(hold.co)
        while true do end
        """),
    .handler(
        "a kept coroutine resumed alone", .runBudget, messages: 3,
        """
        hold.co = hold.co or coroutine.wrap(function() while true do end end)
        hold.co()
        """),
    .handler(
        "closing a coroutine that the budget stopped", .harmless, messages: 2,
        """
        if hold.co then coroutine.close(hold.co) return end
        hold.co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() end }) while true do end end)
        coroutine.resume(hold.co)
        """),
    .handler(
        "a __close loop in a stopped coroutine, closed later", .runBudget, messages: 2,
        """
        if hold.co then coroutine.close(hold.co) return end
        hold.co = coroutine.create(function()
          local x <close> = setmetatable({}, { __close = function() while true do end end })
          while true do end
        end)
        coroutine.resume(hold.co)
        """),
    .handler(
        "yields without end", .runBudget,
        "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end"),
    .handler("coroutines without end", .runBudget, "while true do coroutine.wrap(function() coroutine.yield() end)() end"),
    .handler(
        "__close at a normal exit", .runBudget,
        "do local x <close> = setmetatable({}, { __close = function() while true do end end }) end"),
    .handler(
        "__close at an error", .runBudget,
        "pcall(function() local x <close> = setmetatable({}, { __close = function() while true do end end }) error('x') end)"),
    .handler(
        "__close while the budget unwinds", .runBudget,
        """
        local x <close> = setmetatable({}, { __close = function() while true do pcall(function() while true do end end) end end })
        local y <close> = setmetatable({}, { __close = function() while true do end end })
        while true do end
        """),
    .handler(
        "__close while the budget unwinds a sort", .runBudget,
        """
        table.sort({ 3, 2, 1 }, function()
          local x <close> = setmetatable({}, { __close = function() while true do end end })
          while true do end
        end)
        """),
    .handler(
        "coroutine.close on looping __close", .runBudget,
        """
        local co = coroutine.create(function()
          local x <close> = setmetatable({}, { __close = function() while true do pcall(function() while true do end end) end end })
          coroutine.yield()
        end)
        coroutine.resume(co)
        while true do coroutine.close(co) end
        """),
    .handler(
        "for with a looping closing value", .runBudget,
        "for i in next, {}, nil, setmetatable({}, { __close = function() while true do end end }) do end"),
    .handler("iterator", .runBudget, "for _ in function() while true do end end do end"),
    .handler("iterator that never ends", .runBudget, "for _ in function() return 1 end do end"),
    .handler("sort comparator", .runBudget, "table.sort({ 3, 2, 1 }, function() while true do end end)"),
    .handler(
        "sort comparator in pcall", .runBudget,
        "while true do pcall(table.sort, { 3, 2, 1 }, function() while true do pcall(function() while true do end end) end end) end"),
    .handler(
        "sort comparator in xpcall", .runBudget,
        "while true do xpcall(table.sort, function() while true do end end, { 3, 2, 1 }, function() while true do end end) end"),
    .handler(
        "sort comparator with a coroutine", .runBudget,
        "table.sort({ 3, 2, 1 }, function() while true do pcall(coroutine.wrap(function() while true do end end)) end end)"),
    .handler("gsub replacement", .runBudget, "('x'):gsub('x', function() while true do end end)"),
    .handler("gsub replacement in pcall", .runBudget, "while true do pcall(string.gsub, 'x', 'x', function() while true do end end) end"),
    .handler("gsub table with __index", .runBudget, "('x'):gsub('x', setmetatable({}, { __index = function() while true do end end }))"),
    .handler("tostring", .runBudget, "tostring(setmetatable({}, { __tostring = function() while true do end end }))"),
    .handler("print", .runBudget, "print(setmetatable({}, { __tostring = function() while true do end end }))"),
    .handler("log", .runBudget, "hpush.log(setmetatable({}, { __tostring = function() while true do end end }))"),
    .handler(
        "a key that loops in __tostring", .runBudget, "return msg[setmetatable({}, { __tostring = function() while true do end end })]"),
    .handler("pairs", .runBudget, "pairs(setmetatable({}, { __pairs = function() while true do end end }))"),
    .handler(
        "a long chain of __index", .runBudget,
        "local t = {} for i = 1, 1900 do t = setmetatable({}, { __index = t }) end while true do local _ = t.x end"),
    .handler(
        "table.concat with __index", .runBudget,
        "table.concat(setmetatable({}, { __len = function() return 9 end, __index = function() while true do end end }))"),
    .handler(
        "table.unpack with __index", .runBudget, "table.unpack(setmetatable({}, { __index = function() while true do end end }), 1, 10)"),
    .handler("table.insert with __len", .runBudget, "table.insert(setmetatable({}, { __len = function() while true do end end }), 1)"),
    .handler(
        "table.move with __newindex", .runBudget,
        "table.move({ 1, 2 }, 1, 2, 1, setmetatable({}, { __newindex = function() while true do end end }))"),
    .handler("a slow pattern", .failure, "return (('a'):rep(4000)):find(('a*'):rep(30) .. 'b')"),
    .handler("slow patterns in a loop", .runBudget, "while true do pcall(string.find, ('a'):rep(4000), ('a*'):rep(30) .. 'b') end"),
    .handler("balanced pattern", .failure, "local s = ('('):rep(100000) while true do s:find('%b()') end"),
    .handler("log lines without end", .runBudget, "while true do print('x') end"),
    .handler("host calls without end", .runBudget, "while true do hpush.shared.set('k', 1) end"),
    .handler("errors without end", .runBudget, "while true do pcall(function() return msg.nothing end) end"),
    .handler(
        "json without end", .runBudget,
        "local t = {} for i = 1, 1000 do t[i] = i end while true do hpush.json.decode(hpush.json.encode(t)) end"),
]

/// Every metamethod that the virtual machine calls.
let metamethodAttacks: [Attack] = [
    ("__index", "return t.x"), ("__newindex", "t.x = 1"), ("__call", "t()"), ("__eq", "return t == u"), ("__lt", "return t < u"),
    ("__le", "return t <= u"), ("__concat", "return t .. 'x'"), ("__len", "return #t"), ("__unm", "return -t"), ("__add", "return t + 1"),
    ("__sub", "return t - 1"), ("__mul", "return t * 1"), ("__div", "return t / 1"), ("__mod", "return t % 1"), ("__pow", "return t ^ 1"),
    ("__idiv", "return t // 1"), ("__band", "return t & 1"), ("__bor", "return t | 1"), ("__bxor", "return t ~ 1"),
    ("__shl", "return t << 1"), ("__shr", "return t >> 1"), ("__bnot", "return ~t"),
].map { name, use in
    .handler(
        "loop in \(name)", .runBudget,
        """
        local m = { \(name) = function() while true do end end }
        local t, u = setmetatable({}, m), setmetatable({}, m)
        while true do pcall(function() \(use) end) end
        """)
}
