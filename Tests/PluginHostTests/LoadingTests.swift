import CPluginBridge
import PluginHost
import Testing
import WireProtocol

/// What is refused when plugins are loaded, in one line that says where and why.
@Suite struct LoadingTests {
    private func reason(_ source: String, settings: LuaValue = .nil, parts: [String: String] = [:]) throws -> String {
        let failure = try #require(throws: PluginFailure.self) { try PluginBench(source, settings: settings, parts: parts) }
        #expect(failure.plugin == "p")
        #expect(!failure.description.contains("\n"))
        return failure.reason
    }

    @Test(arguments: [
        ("local x =\nlocal", "p.lua:2:"), ("x = 1", "p.lua:1: assignment to the global 'x'; declare it local"),
        ("\nreturn y", "p.lua:2: unknown global 'y'"), ("error('no')", "p.lua:1: no"), ("return 5", "a plugin returns a table"),
        ("return {}", "api is missing"), ("return { api = '1' }", "api is an integer, not a string"),
        ("return { api = 2 }", "host API 2, this host has 1"),
        ("return { api = 1, version = 2 }", "version is a string, not a number"),
        ("return { api = 1, needs = 5 }", "needs is a table, not a number"),
        ("return { api = 1, needs = { 5 } }", "needs is a list of names"),
        ("return { api = 1, needs = { x = 'store' } }", "needs is a list of names"),
        ("return { api = 1, needs = { 'files' } }", "needs names 'files', which this host does not have; it has cluster, crypto"),
        ("return { api = 1, inbound = 5 }", "inbound is a table of functions, not a number"),
        ("return { api = 1, inbound = { 5 } }", "inbound has functions by name; one has a number as its key"),
        ("return { api = 1, inbound = { mesage_request = print } }", "inbound.mesage_request: there is no such head type"),
        ("return { api = 1, inbound = { message_request = 5 } }", "inbound.message_request is a function, not a number"),
        ("return { api = 1, inbound = { heart_beat = print } }", "inbound.heart_beat never runs"),
        ("return { api = 1, events = { open = print } }", "events.open: there is no such event"),
        ("return { api = 1, routes = { a = {} } }", "routes.a is a function, not a table"),
        ("return { api = 1, timers = print }", "timers is a list, not a function"),
        ("return { api = 1, timers = { 5 } }", "timers[1] is a table"),
        ("return { api = 1, timers = { { every = 0, run = print } } }", "timers[1].every is a number of seconds, from 0.01"),
        ("return { api = 1, timers = { { every = 1 } } }", "timers[1].run is a function, not a nil"),
        ("return { api = 1, init = 5 }", "init is a function, not a number"),
        ("return { api = 1, message_request = print }", "a function 'message_request', which nothing calls"),
        ("return { api = 1, config = { a = 5 } }", "config.a: a table such as"),
        ("return { api = 1, config = { a = {} } }", "config.a: type is one of integer, number, boolean, string, list, table, file"),
        ("return { api = 1, config = { a = { type = 'integer', minimum = 1 } } }", "config.a: unknown key 'minimum'"),
        (
            "return { api = 1, config = { a = { type = 'integer', default = 'x' } } }",
            "config.a: its default is a string, expected an integer"
        ),
        (
            "return { api = 1, config = { a = { type = 'integer', default = 0, min = 1 } } }",
            "config.a: its default is 0, expected an integer from 1"
        ),
        ("return { api = 1, init = function() error('not today') end }", "p.lua:1: not today"),
        ("return hpush.stores.user", "p.lua:1: hpush has no 'stores'"),
        ("hpush.now = nil hpush.x = 1", "hpush can't be changed"),
        ("hpush.shared.get('x')", "hpush.shared.get can't be called while the plugin loads"),
        ("\u{1b}Lua\0", "attempt to load a binary chunk"),
    ]) func mistakes(_ source: String, _ expected: String) throws {
        let reason = try reason(source)
        #expect(reason.contains(expected), "\(reason)")
    }

    static let schema = """
        return { api = 1, config = {
          n = { type = "integer", min = 1, max = 50, default = 5 }, f = { type = "number" }, b = { type = "boolean" }, s = { type = "string", enum = { "a", "b" } },
          l = { type = "list" }, t = { type = "table" },
        }, routes = { r = function(ctx) return hpush.json.encode(ctx.config) end } }
        """

    @Test(arguments: [
        (LuaValue.fields(["n": .integer(51)]), "setting 'n' is 51, expected an integer from 1 to 50"),
        (.fields(["n": .number(1.5)]), "setting 'n' is a number, expected an integer from 1 to 50"),
        (.fields(["n": .text("5")]), "setting 'n' is a string, expected an integer"),
        (.fields(["f": .bool(true)]), "setting 'f' is a boolean, expected a number"),
        (.fields(["b": .text("yes")]), "setting 'b' is a string, expected a boolean"),
        (.fields(["s": .text("c")]), "setting 's' is 'c', expected one of a, b"),
        (.fields(["l": .text("x")]), "setting 'l' is a string, expected a list"),
        (.fields(["t": .integer(1)]), "setting 't' is an integer, expected a table"),
        (.fields(["x": .integer(1)]), "unknown setting 'x'; it has b, f, l, n, s, t, on_error"),
        (.fields(["on_error": .text("ignore")]), "setting 'on_error' is one of refuse, skip"),
        (.text("x"), "its settings are a table, not a string"),
    ]) func settingsAreChecked(_ settings: LuaValue, _ expected: String) throws {
        let reason = try reason(Self.schema, settings: settings)
        #expect(reason.contains(expected), "\(reason)")
    }

    @Test func settingsAndDefaultsReachThePlugin() throws {
        #expect(try PluginBench(Self.schema).route("r").resultText == #"{"n":5}"#)
        let given = LuaValue.fields(["n": .number(7), "l": .list([.integer(1), .text("x")]), "f": .integer(2), "b": .bool(false)])
        #expect(try PluginBench(Self.schema, settings: given).route("r").resultText == #"{"b":false,"f":2,"l":[1,"x"],"n":7}"#)
    }

    @Test func whatNeedsDoesNotNameIsAbsent() throws {
        let bench = try PluginBench(
            """
            local function why(f) local ok, text = pcall(f) assert(not ok) return text end
            return { api = 1, needs = { "sessions" }, routes = { r = function()
              assert(hpush.sessions.of_user)
              return why(function() return hpush.store.user end) .. "|" .. why(function() return hpush.redirect end) .. "|" .. why(function() return hpush.notify end)
                .. "|" .. why(function() return hpush.nobody end)
            end } }
            """)
        let text = bench.route("r").resultText
        for need in ["store", "redirect", "notify"] {
            #expect(text.contains("hpush.\(need) is not there: name it in the plugin's needs = { \"\(need)\" }"), "\(text)")
        }
        #expect(text.contains("hpush.nobody is not there: name it in the plugin's needs = { \"redirect\" }"), "\(text)")
    }

    @Test func partsAreRequired() throws {
        let bench = try PluginBench(
            "local a, b = require 'p.a', require 'p.a' assert(a == b and require 'p.b' == true) return { api = 1, routes = { r = function() return a.name .. tostring(require('p.a') == a) end } }",
            parts: ["a": "require 'p.b' return { name = 'part' }", "b": "local x = 1"])
        #expect(bench.route("r").resultText == "parttrue")
        for (source, parts, expected) in [
            ("require 'p.none'", [:], "require 'p.none': there is no such file in the plugin"),
            ("require 'q.a'", [:], "require 'q.a': a plugin requires its own files only, as \"p.part\""),
            ("require 'p'", [:], "a plugin requires its own files only"), ("require()", [:], "bad argument #1"),
            ("require 'p.a'", ["a": "\nlocal"], "p.a:2:"), ("require 'p.a'", ["a": "\n\nerror 'x'"], "p.a:3: x"),
            ("require 'p.a'", ["a": "require 'p.a'"], "a part requires itself"),
            ("require('p.a', {})", ["a": "x = 1"], "assignment to the global 'x'"),
        ] as [(String, [String: String], String)] {
            let reason = try reason(source, parts: parts)
            #expect(reason.contains(expected), "\(reason)")
        }
    }

    @Test func twoPluginsWithOneRoute() throws {
        let source = "return { api = 1, routes = { room = print } }"
        let failure = try #require(throws: PluginFailure.self) {
            try PluginBench([.init(name: "a", source: source), .init(name: "b", source: source)])
        }
        #expect(failure.plugin == "b" && failure.reason.contains("routes[\"room\"] stands in plugin a already"))
        let twice = try #require(throws: PluginFailure.self) {
            try PluginBench([.init(name: "a", source: source), .init(name: "a", source: source)])
        }
        #expect(twice.reason.contains("twice"))
    }

    @Test func filesAreReadForThePlugin() throws {
        let source =
            "return { api = 1, config = { f = { type = 'file' } }, routes = { r = function(ctx) return ctx.config.f or 'none' end } }"
        #expect(
            try PluginBench(source, settings: .fields(["f": .text("rate_limit/init.lua")])).route("r").resultText.contains("token bucket"))
        #expect(try PluginBench(source).route("r").resultText == "none")
        for (value, expected) in [
            (LuaValue.text("no.txt"), "setting 'f': there is no file \(PluginBench.pluginsFolder)/no.txt"),
            (.text("/"), "setting 'f': / is a folder, expected a file"),
            (.integer(5), "setting 'f' is an integer, expected the path of a file"), (.text(""), "expected the path of a file"),
        ] {
            let reason = try reason(source, settings: .fields(["f": value]))
            #expect(reason.contains(expected), "\(reason)")
        }
    }

    @Test func printAndLogGoToTheLog() throws {
        let bench = try PluginBench(
            """
            print("loading", 1, nil, true)
            return { api = 1, init = function(ctx) hpush.log.debug(ctx.plugin) hpush.log.info("i") hpush.log.warning(5) hpush.log.error({} ~= nil) hpush.log("plain")
              hpush.log(("x"):rep(10000)) end }
            """)
        let logs = bench.host.logs.filter { $0.text != "loading\t1\tnil\ttrue" }
        #expect(bench.host.logs.count - logs.count == 2)  // the scout's run, and the real one
        #expect(logs.map(\.level) == [.debug, .info, .warning, .error, .info, .info])
        #expect(logs.map(\.text).prefix(5) == ["p", "i", "5", "true", "plain"])
        #expect(logs.last?.text.utf8.count == 4096)
    }

    @Test func namesOfPlugins() {
        for good in ["a", "rate_limit", "A9"] { #expect(PluginBundle.isName(good)) }
        for bad in ["", "9a", "a-b", "a.b", "../a", "ä", String(repeating: "a", count: 65)] { #expect(!PluginBundle.isName(bad)) }
        #expect(throws: PluginFailure.self) { try PluginBundle(named: "nothing", in: PluginBench.pluginsFolder) }
    }
}
