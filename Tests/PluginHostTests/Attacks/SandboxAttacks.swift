/// Ways out of the sandbox: each handler raises an error unless the way is closed.
let sandboxAttacks: [Attack] = [
    .handler("error with a table", .error, "error({})"),
    .handler("error with nil", .error, "error(nil)"),
    .handler("error with a function", .error, "error(print)"),
    .handler("error with a number", .error, "error(42)"),
    .handler("error with a handle", .error, "error(msg)"),
    .handler("error whose __tostring loops", .error, "error(setmetatable({}, { __tostring = function() while true do end end }))"),
    .handler("error whose __tostring fails", .error, "error(setmetatable({}, { __tostring = function() error('x') end }))"),
    .handler("error with zeros and line ends", .error, "error('a\\0b\\nc\\r')"),
    .handler("returns a table", .error, "return {}"),
    .handler("returns a looping table", .error, "return setmetatable({}, { __name = 'x', __eq = function() while true do end end })"),
    .handler("__gc", .error, "setmetatable({}, { __gc = function() while true do end end })"),
    .handler(
        "__gc set later", .harmless,
        """
        local m = {}
        do local t = setmetatable({}, m) end
        m.__gc = function() while true do end end
        for i = 1, 100000 do local t = {} end
        """),
    .handler(
        "no dangerous globals", .harmless,
        closed(["load", "loadstring", "loadfile", "dofile", "collectgarbage", "debug", "io", "package", "_G"])),
    .handler(
        "no dangerous functions", .harmless,
        "assert(not string.dump and not os.execute and not os.exit and not os.getenv and not os.remove and not os.rename and not os.tmpname and not os.setlocale)"
    ),
    .handler("string metatable", .harmless, "assert(not getmetatable('')) assert(not pcall(setmetatable, '', {}))"),
    .handler(
        "metatable of handles", .harmless,
        "for _, v in ipairs { ctx, msg, hpush.stop, hpush, msg:copy() } do assert(not getmetatable(v)) assert(not pcall(setmetatable, v, {})) end"
    ),
    .handler("metatable of the environment", .harmless, "assert(getmetatable(_ENV) == false) assert(not pcall(setmetatable, _ENV, {}))"),
    .handler("fields of ctx", .error, "ctx.uid = 'root'"),
    .handler(
        "raw access to handles", .harmless,
        "assert(not pcall(rawset, ctx, 'uid', 1)) assert(not pcall(rawget, msg, 'x')) assert(not pcall(next, msg)) assert(not pcall(rawlen, ctx))"
    ),
    .handler(
        "forged handles", .harmless,
        "for _, v in ipairs { 1, 'msg', {}, 1 << 60 } do assert(not pcall(rawget(hpush, 'redirect'), v)) assert(not pcall(msg.size, v)) assert(not pcall(ctx.accept, v, { uid = 'x' })) end"
    ),
    .handler(
        "methods on other handles", .harmless,
        "assert(not pcall(msg.size, ctx)) assert(not pcall(msg.copy, hpush.stop)) assert(not pcall(ctx.accept, msg, { uid = 'x' }))"),
    .handler("accept for a message", .error, "ctx:accept { uid = 'root' }"),
    .handler("changing hpush", .error, "hpush.stop = nil hpush.other = 1"),
    .handler("a global", .error, "leaked = 1"),
    .handler("an unknown global", .error, "return nothing"),
    .handler("its own _ENV", .harmless, "local _ENV = { error = error } local ok = pcall and 1 if ok then error('leak') end"),
    .handler(
        "the coroutine of the handler", .harmless, messages: 2,
        """
        local co, main = coroutine.running()
        assert(main and not coroutine.isyieldable())
        assert(not pcall(coroutine.yield))
        for _, c in ipairs { co, hold.co } do
          assert(not coroutine.resume(c))
          assert(not pcall(coroutine.close, c))
        end
        hold.co = co
        """),
    .handler(
        "the coroutine of a handler from inside another", .harmless,
        """
        local outer = coroutine.running()
        coroutine.wrap(function() assert(not coroutine.resume(outer)) assert(not pcall(coroutine.close, outer)) end)()
        """),
    .handler(
        "a coroutine that resumes itself", .harmless,
        "local co co = coroutine.create(function() assert(not coroutine.resume(co)) end) assert(coroutine.resume(co))"),
    .handler("wrap that calls itself", .harmless, "local f f = coroutine.wrap(function() assert(not pcall(f)) end) f()"),
    .handler(
        "coroutine.close on one that is normal", .harmless,
        "local co co = coroutine.create(function() coroutine.wrap(function() assert(not pcall(coroutine.close, co)) end)() end) assert(coroutine.resume(co))"
    ),
    .handler("waiting in a comparator", .error, "table.sort({ 2, 1 }, function() hpush.sleep(1) end)"),
    .handler(
        "waiting in a coroutine in a comparator", .error,
        "table.sort({ 2, 1 }, function() coroutine.wrap(function() hpush.sleep(1) end)() end)"),
    .handler(
        "waiting in __close of a coroutine", .harmless,
        """
        local ok
        local co = coroutine.create(function()
          local x <close> = setmetatable({}, { __close = function() ok = pcall(coroutine.wrap(function() hpush.sleep(1) end)) end })
          coroutine.yield()
        end)
        coroutine.resume(co)
        coroutine.close(co)
        assert(ok == false)
        """),
    .handler("require at run time", .error, "require 'p.other'"),
    .handler("require of another plugin", .error, "require 'innocent.part'"),
    .handler("a bad verdict", .error, "return hpush.reject"),
    .handler("reject with nonsense", .error, "return hpush.reject { code = -1 }"),
    .handler(
        "reject with a looping table", .runBudget, "return hpush.reject(setmetatable({}, { __index = function() while true do end end }))"),
    .handler("accept with a looping table", .error, "ctx:accept(setmetatable({}, { __index = function() while true do end end }))"),
    .handler("text that is not UTF-8", .error, "msg.content = '\\xff'"),
    .handler("writing a field that can't be written", .error, "msg.copy = 1"),
    .handler(
        "metatables shared with the pipeline", .harmless,
        "hold.env = _ENV for k in pairs(string) do string[k] = nil end for k in pairs(table) do table[k] = error end"),
]

private func closed(_ names: [String]) -> String {
    names.map { "assert(not pcall(function() return \($0) end))" }.joined(separator: " ")
}
