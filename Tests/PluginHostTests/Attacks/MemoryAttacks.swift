/// Memory and stacks.
let memoryAttacks: [Attack] = [
    .handler("doubled string", .memory, "local s = 'xxxxxxxx' while true do s = s .. s end"),
    .handler(
        "doubled string in pcall", .failure, "while true do pcall(function() local s = 'xxxxxxxx' while true do s = s .. s end end) end"),
    .handler("rep", .failure, "return ('x'):rep(1 << 40)"),
    .handler("rep with separator", .failure, "return ('x'):rep(1 << 30, ('y'):rep(1000))"),
    .handler("rep in a loop", .failure, "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) end"),
    .handler("format", .failure, "local s = ('x'):rep(1000000) while true do s = ('%s%s'):format(s, s) end"),
    .handler("format width", .failure, "return ('%99999999d'):format(1)"),
    .handler("gsub growth", .failure, "local s = ('x'):rep(1000) while true do s = s:gsub('.', '%0%0') end"),
    .handler("concat", .failure, "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(100000) end return #table.concat(t)"),
    .handler("small tables", .failure, "local t = {} while true do t = { t } end"),
    .handler("one big table", .failure, "local t = {} for i = 1, math.huge do t[i] = i end"),
    .handler("hash table", .failure, "local t = {} for i = 1, math.huge do t['k' .. i] = i end"),
    .handler("closures", .failure, "local t = {} while true do t[#t + 1] = function() return t end end"),
    .handler("coroutines kept", .failure, "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end"),
    .handler("message copies", .failure, "local t = {} while true do t[#t + 1] = msg:copy() end"),
    .handler(
        "huge field", .failure, "local s = ('x'):rep(8000000) local t = {} for i = 1, 10 do t[i] = msg:copy() t[i].content = s .. i end"),
    .handler(
        "a small table that holds itself over and over", .failure,
        "local t = { 'xxxxxxxx' } for i = 1, 30 do t = { t, t, t, t } end hpush.echo(t)"),
    .handler(
        "the same as JSON", .failure,
        "local t = { 'xxxxxxxx' } for i = 1, 30 do t = { t, t, t, t } end hpush.json.encode(t)"),
    .handler("table.unpack", .failure, "return #{ table.unpack({}, 1, 100000000) }"),
    .handler(
        "many results", .failure, "local function f(n) if n == 0 then return end return n, f(n - 1) end return select('#', f(1000000))"),
    .handler(
        "varargs", .failure, "local t = {} for i = 1, 240000 do t[i] = i end local function f(...) return f(1, ...) end f(table.unpack(t))"),
    .handler(
        "string.char", .failure,
        "local t = {} for i = 1, 200000 do t[i] = 65 end while true do t[#t + 1] = string.char(table.unpack(t)) end"),
    .handler("recursion", .failure, "local function f() return 1 + f() end return f()"),
    .handler("recursion, little memory", .failure, memory: 16, "local function f() return 1 + f() end return f()"),
    .handler("recursion with much memory", .failure, memory: 64, "local function f() return 1 + f() end return f()"),
    .handler("recursion through pcall", .failure, "local function f() pcall(f) return 1 + f() end return f()"),
    .handler("recursion through xpcall", .failure, "local function f() return 1 + select('#', xpcall(f, f)) end while true do f() end"),
    .handler(
        "recursion through __index", .failure, "local t = {} setmetatable(t, { __index = function(_, k) return t[k] + 1 end }) return t.x"),
    .handler("recursion through __call", .error, "local t = {} for i = 1, 300 do t = setmetatable({}, { __call = t }) end return t()"),
    .handler(
        "recursion through __tostring", .failure,
        "local t = {} setmetatable(t, { __tostring = function() return tostring(t) .. 'x' end }) return tostring(t)"),
    .handler("recursion through sort", .failure, "local function f() table.sort({ 2, 1 }, f) return 1 + f() end return f()"),
    .handler("recursion through gsub", .failure, "local function f() return (('x'):gsub('x', f)) .. 'x' end return f()"),
    .handler("recursion through coroutines", .failure, "local function f() return 1 + coroutine.wrap(f)() end return f()"),
    .handler(
        "recursion through coroutines and pcall", .failure,
        "local function f() pcall(coroutine.wrap(f)) return 1 + coroutine.wrap(f)() end return f()"),
    .handler(
        "recursion through coroutine.close", .harmless,
        """
        local list = {}
        local function at(i) if list[i] then coroutine.close(list[i]) end end
        for i = 1, 5000 do
          list[i] = coroutine.create(function()
            local x <close> = setmetatable({}, { __close = function() pcall(at, i + 1) end })
            coroutine.yield()
          end)
          coroutine.resume(list[i])
        end
        at(1)
        """),
    .handler(
        "recursion through coroutine.close with C functions between", .harmless,
        """
        local list = {}
        local function at(i) if list[i] then coroutine.close(list[i]) end end
        local function deep(n, i)
          if n == 0 then at(i) return end
          ;('x'):gsub('x', function() deep(n - 1, i) end)
        end
        for i = 1, 200 do
          list[i] = coroutine.create(function()
            local x <close> = setmetatable({}, { __close = function() pcall(deep, 150, i + 1) end })
            coroutine.yield()
          end)
          coroutine.resume(list[i])
        end
        at(1)
        """),
    .handler("error in error handling", .failure, "local function h() error(nil) end while true do xpcall(error, h) end"),
    .handler("error at the bottom of a stack", .failure, "local function f() local ok = pcall(f) error(ok) end f() error('x')"),
    .handler(
        "a message handler for a stack overflow", .failure,
        "local function f() return 1 + f() end local function h(m) return f() end xpcall(f, h) f()"),
    .handler("spawn without end", .failure, "while true do hpush.spawn(function() end) end"),
    .handler("a long error message", .error, "error(('x'):rep(1000000))"),
    .handler(
        "a long reject info", .harmless,
        "if hold.done then return end hold.done = true local _ = hpush.reject { info = ('x'):rep(1000000) }"),
]
