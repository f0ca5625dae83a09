"""Over a hundred ways to get a plugin or its settings wrong, each with what the refusal has to name."""

GOOD = """
local count = 0
local M = { api = 1, version = "1", needs = { "sessions", "notify", "redirect" } }
M.inbound = { message_request = function(ctx, msg)
  if msg.to ~= "probe" then return end
  count = count + 1
  ctx.session:notify { name = "good", generation = ctx.generation, count = count }
  return hpush.stop
end }
function M.save() return { count = count } end
function M.restore(old) count = old.count end
return M
"""


class Bad:
    """`source` replaces rules.lua, `parts` writes other files; `entry` is the plugin in the pipeline, `sections` are merged into the
    configuration. The message must have all of `says`, with {file} for rules.lua."""

    def __init__(self, name, source=None, says=("rules", "{file}:"), parts=None, entry=None, sections=None, absent=False):
        self.name, self.source, self.says, self.parts, self.entry = name, source, says, parts or {}, entry
        self.sections, self.absent = sections or {}, absent


def lines(before, line, after="return M"):
    """A plugin whose line 4 is the bad one."""
    return f"local M = {{ api = 1, version = '2', needs = {{ 'sessions', 'notify', 'redirect' }} }}\n-- two\n{before}\n{line}\n{after}\n"


def at_load(name, line):
    return Bad(f"load: {name}", lines("-- three", line), ("rules", "{file}:4: "))


def inside(function, name, line):
    return Bad(f"{function}: {name}", lines(f"function M.{function}(...)", line, "end\nreturn M"), ("rules", "{file}:4: "))


def described(name, line, *says):
    return Bad(f"table: {name}", lines("-- three", line), ("rules", "{file}:4: ", *says))


def settings(name, value, *says, schema="n = { type = 'integer', min = 1, max = 5 }"):
    source = f"return {{ api = 1, config = {{ {schema} }} }}"
    return Bad(f"settings: {name}", source, ("node.yaml", "rules", *says), entry={"rules": value})


def syntax():
    for name, line in {
        "no end": "function M.init( end", "two equals": "local x == 3", "unfinished string": "local s = 'abc", "stray end": "end",
        "missing then": "if true print() end", "bad number": "local n = 3x", "bad escape": "local s = '\\q'",
        "goto nowhere": "goto nowhere",
        "const": "local x <const> = 1; x = 2", "bad attribute": "local x <fast> = 1", "unbalanced": "local t = { 1, 2 ))",
        "binary": "\\x1bLua",
    }.items():
        yield Bad(f"syntax: {name}", lines("-- three", line), ("rules", "{file}:"))


def loading():
    for name, line in {
        "error": "error('no')", "index of nil": "local x = nil; x = x.y", "call of nil": "local f; f()", "arithmetic": "local n = 1 + {}",
        "assert": "assert(false, 'not so')", "unknown global": "local t = foo", "new global": "x = 1", "unknown API": "hpush.frobnicate()",
        "spawn": "hpush.spawn(print)", "sleep": "hpush.sleep(1)", "change of hpush": "hpush.halt = 1",
        "endless loop": "while true do end", "loop that catches": "while true do pcall(error) end",
        "endless coroutine": "coroutine.wrap(function() while true do end end)()",
        "endless recursion": "local function f() return 1 + f() end f()",
        "bomb of tables": "local t = {} for i = 1, 1e9 do t[i] = { i } end",
        "bomb of strings": "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1e5) .. i end",
        "bomb of closures": "local t = {} for i = 1, 1e9 do t[i] = function() return i end end",
        "foreign part": "require 'login.init'", "absent part": "require 'rules.absent'",
    }.items():
        yield at_load(name, line)
    yield Bad("load: part with an error", "local M = { api = 1 }\nrequire 'rules.part'\nreturn M", ("rules", "part.lua:2: "), absent=True,
              parts={"rules/init.lua": "local M = { api = 1 }\nrequire 'rules.part'\nreturn M", "rules/part.lua": "-- one\nlocal x = = 1"})
    for name, value in {"nothing": "", "a number": "return 5", "a function": "return function() end", "a string": "return 'M'"}.items():
        yield Bad(f"load: returns {name}", value, ("rules", "a plugin returns a table"))
    yield Bad("load: error value is a table", "error({})", ("rules", "{file}", "error value is a table"))


def calls():
    for name, line in {
        "error": "error('no')", "index of nil": "local x = nil; x = x.y", "sleep": "hpush.sleep(1)", "notify": "hpush.notify('a', {})",
        "broadcast": "hpush.broadcast({})", "redirect": "hpush.redirect({})", "sessions of a user": "hpush.sessions.of_user('a')",
        "verdict": "return hpush.reject{}", "endless loop": "while true do end",
        "endless pcall": "while true do pcall(pcall, error) end", "bomb": "local t = {} for i = 1, 1e9 do t[i] = { i } end",
        "deep recursion": "local function f() return 1 + f() end f()", "xpcall": "xpcall(error, function() while true do end end)",
    }.items():
        yield inside("init", name, line)
    for name, line in {
        "error": "error('no')", "index of nil": "local x = nil; x = x.y", "sleep": "hpush.sleep(1)", "spawn": "hpush.spawn(print)",
        "endless loop": "while true do end", "bomb": "local t = {} for i = 1, 1e9 do t[i] = { i } end",
    }.items():
        yield inside("save", name, line)
    for name, line in {
        "a function": "return print", "a coroutine": "return coroutine.create(print)", "a circle": "local t = {} t.t = t return t",
    }.items():
        yield Bad(f"save: returns {name}", lines("function M.save()", line, "end\nreturn M"), ("rules",))
    for name, line in {
        "error": "error('no')", "index of nil": "local x = nil; x = x.y", "notify": "hpush.notify('a', {})", "sleep": "hpush.sleep(1)",
        "endless loop": "while true do end", "bomb": "local t = {} for i = 1, 1e9 do t[i] = { i } end", "assert": "assert(false, 'no')",
    }.items():
        yield inside("restore", name, line)


def tables():
    yield described("api 0", "M.api = 0", "host API 0")
    yield described("api of tomorrow", "M.api = 99", "host API 99")
    yield described("api as text", "M.api = '1'", "api is an integer")
    yield described("no api", "M.api = nil", "api is missing")
    yield described("inbound is a number", "M.inbound = 5", "inbound is a table")
    yield described("inbound is a list", "M.inbound = { function() end }", "inbound has functions by name")
    yield described("a handler is a table", "M.inbound = { message_request = {} }", "inbound.message_request is a function")
    yield described("unknown type", "M.inbound = { mesage_request = print }", "mesage_request")
    yield described("a type that never comes", "M.inbound = { heart_beat = print }", "heart_beat")
    yield described("outbound is a string", "M.outbound = 'all'", "outbound is a table")
    yield described("outbound handler is true", "M.outbound = { ['*'] = true }", "outbound.*")
    yield described("unknown event", "M.events = { session_opened = print }", "session_opened")
    yield described("event is a string", "M.events = { session_open = 'f' }", "events.session_open")
    yield described("routes is a function", "M.routes = print", "routes is a table")
    yield described("route is a string", "M.routes = { a = 'b' }", "routes.a")
    yield described("timers is a number", "M.timers = 30", "timers is a list")
    yield described("timer without a period", "M.timers = { { run = print } }", "timers[1].every")
    yield described("timer too fast", "M.timers = { { every = 0, run = print } }", "timers[1].every")
    yield described("timer without a function", "M.timers = { { every = 1 } }", "timers[1].run")
    yield described("init is a number", "M.init = 5", "init is a function")
    yield described("save is true", "M.save = true", "save is a function")
    yield described("restore is a table", "M.restore = {}", "restore is a function")
    yield described("a function nothing calls", "function M.on_message() end", "on_message")
    yield described("version is a number", "M.version = 2", "version is a string")
    yield described("unknown need", "M.needs = { 'files' }", "files")
    yield described("needs is text", "M.needs = 'sessions'", "needs is a table")
    yield described("need is a number", "M.needs = { 1 }", "needs is a list of names")
    yield described("config is a list of names", "M.config = { 'n' }", "config")
    yield described("unknown type of setting", "M.config = { n = { type = 'int' } }", "config.n")
    yield described("default of another type", "M.config = { n = { type = 'integer', default = 'x' } }", "config.n")
    yield described("default out of range", "M.config = { n = { type = 'integer', default = 9, max = 5 } }", "config.n")
    yield described("unknown key of a setting", "M.config = { n = { type = 'integer', defualt = 9 } }", "defualt")


def configured():
    yield settings("unknown", {"m": 1}, "unknown setting 'm'")
    yield settings("wrong type", {"n": "x"}, "setting 'n'")
    yield settings("out of range", {"n": 9}, "setting 'n'")
    yield settings("not one of", {"s": "c"}, "setting 's'", schema="s = { type = 'string', enum = { 'a', 'b' } }")
    yield settings("missing file", {"f": "absent.txt"}, "there is no file", "absent.txt", schema="f = { type = 'file' }")
    yield settings("a folder as file", {"f": "/tmp"}, "is a folder", schema="f = { type = 'file' }")
    yield settings("wrong on_error", {"on_error": "ignore"}, "on_error")
    yield settings("a list for a number", {"n": [1]}, "setting 'n'")
    yield Bad("plugin removed", None, ("node.yaml", "rules", "there is neither"), absent=True)
    yield Bad("plugin twice", GOOD, ("rules", "there are both"), parts={"rules/init.lua": GOOD})
    yield Bad("an unknown plugin", GOOD, ("node.yaml", "absent_plugin", "there is neither"), entry="absent_plugin")
    yield Bad("a route that is taken", GOOD, ("second", "routes"), entry=[{"first": None}, {"second": None}], parts={
        "first.lua": "return { api = 1, routes = { r = print } }", "second.lua": "return { api = 1, routes = { r = print } }"})
    for name, sections, says in [
        ("unknown key", {"chat": {"prot": 1}}, "chat.prot"), ("unknown section", {"chatt": {}}, "chatt"),
        ("wrong type", {"chat": {"port": "seven"}}, "chat.port"), ("out of range", {"chat": {"port": 70000}}, "chat.port"),
        ("limits", {"plugins": {"limits": {"run_ms": 0}}}, "plugins.limits.run_ms"),
        ("a pipeline that is a map", {"plugins": {"pipeline": {"rules": 1}}}, "plugins.pipeline"),
        ("what this version lacks", {"queue": {"driver": "rocketmq"}}, "queue.driver"),
    ]:
        yield Bad(f"configuration: {name}", GOOD, ("node.yaml", says), sections=sections)
    yield Bad("configuration: no YAML", GOOD, ("node.yaml",), sections="plugins: [")
    yield Bad("configuration: gone", GOOD, ("node.yaml",), sections=None, absent="node.yaml")


def all_bad():
    for group in (syntax, loading, calls, tables, configured):
        yield from group()
