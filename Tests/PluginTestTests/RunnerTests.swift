import PluginHost
import Testing

@testable import PluginTest

@Suite struct RunnerTests {
    @Test func failuresNameTheLineWhatWasExpectedAndWhatCame() throws {
        let outcomes = try Workshop.outcomes(
            """
            test("equal", function(t)
              t:equal(1 + 1, 2)
              t:equal({ a = { 1, "x" } }, { a = { 1, "y" } })
            end)
            test("note", function(t) t:equal(nil, "hi", "the answer") end)
            test("assert", function(t)
              assert(true)
              assert(nil)
            end)
            test("message", function(t) assert(false, "too bad") end)
            test("error", function(t) local x; return x.y end)
            test("table", function(t) error({ code = 7 }) end)
            local function helper(t) t:equal(1, 2) end
            test("helper", function(t) helper(t) end)
            """)
        #expect(
            outcomes == [
                "p_test.lua:3: at .a[2]: expected \"y\", got \"x\"",
                "p_test.lua:5: the answer: expected \"hi\", got nil",
                "p_test.lua:8: assertion failed: expected something true, got nil",
                "p_test.lua:10: too bad",
                "p_test.lua:11: attempt to index a nil value (local 'x')",
                "p_test.lua:12: error value: { code = 7 }",
                "p_test.lua:13: expected 2, got 1",
            ])
    }

    @Test func valuesThatAreEqual() throws {
        let outcomes = try Workshop.outcomes(
            """
            test("equal", function(t)
              t:equal({ 1, { b = "x" }, 2.0 }, { 1, { b = "x" }, 2 })
              t:equal({}, {})
              t:equal("a", "a")
              assert(not pcall(t.equal, t, { 1 }, { 1, 2 }))
              assert(not pcall(t.equal, t, { 1, 2 }, { 1 }))
              assert(not pcall(t.equal, t, "1", 1))
              local a = t:login("alice")
              t:equal(a, a)
            end)
            """)
        #expect(outcomes == ["ok"])
    }

    @Test func misspellingsGetAGuess() throws {
        let outcomes = try Workshop.outcomes(
            """
            test("client", function(t) local a = t:login("amy"); a:recieved() end)
            test("t", function(t) t:lgin("amy") end)
            test("option", { cofnig = {} }, function(t) end)
            test("login", function(t) t:login("amy", { devcie = "x" }) end)
            test("field", function(t) t:login("amy"):send{ contnet = "x" } end)
            test("dot", function(t) t.login("amy") end)
            test("kind", function(t) t:login(7) end)
            test("global", function(t) pritn("x") end)
            """)
        #expect(
            outcomes == [
                "p_test.lua:1: a client has no 'recieved'; did you mean received?",
                "p_test.lua:2: t has no 'lgin'; did you mean login?",
                "p_test.lua:3: a test has no option 'cofnig', only config, pipeline, time, loops; did you mean config?",
                "p_test.lua:4: a login has no option 'devcie', only device, platform, token, capabilities, remote, app_version; "
                    + "did you mean device?",
                "p_test.lua:5: message_request has no field 'contnet'",
                "p_test.lua:6: call it with a colon: t:login(...)",
                "p_test.lua:7: uid is a string, not an integer",
                "p_test.lua:8: unknown global 'pritn'",
            ])
    }

    @Test func whatDoesNotEndIsStopped() throws {
        let plugin = """
            local M = { api = 1, inbound = {} }
            function M.inbound.message_request(ctx, msg)
              if msg.content == "loop" then while true do end end
              if msg.content == "spawn" then
                local function again() hpush.spawn(again) end
                again()
              end
            end
            return M
            """
        let tests = """
            test("loop", function(t)
              local n = 0
              pcall(function() while true do n = n + 1 end end)
            end)
            test("calls", function(t) while true do pcall(t.advance, t, 1) end end)
            test("plugin", function(t)
              local a = t:login("amy")
              a:send{ to = "bob", content = "loop" }
              t:equal(a:refused().info, "the rules failed")
              a:send{ to = "amy", content = "spawn" }
              t:equal(a:received().content, "spawn")
              t:advance(1)
            end)
            test("after", function(t) end)
            """
        let results = try Workshop(plugin: plugin, tests: tests).run {
            $0.testSeconds = 4
            $0.runMilliseconds = 50
        }
        #expect(results.map { $0.failure?.message } == ["ran longer than 50 ms", "the test ran longer than 4 s", nil, nil])
        #expect(results.map { $0.failure?.place.line } == [3, 5, nil, nil])
    }

    @Test func errorsOfThePluginAreShown() throws {
        let results = try Workshop(
            plugin: "return { api = 1, inbound = { message_request = function(ctx, msg)\n return nil + 1 end } }",
            tests: "test(\"x\", function(t) local a = t:login(\"amy\"); a:send{ to = \"amy\" }; t:equal(a:refused(), nil) end)"
        ).run()
        #expect(results[0].failure?.errors.count == 1)
        #expect(results[0].failure?.errors.first?.contains("init.lua:2: attempt to perform arithmetic on a nil value") == true)
        #expect(results[0].failure?.source.hasPrefix("test(\"x\"") == true)
    }

    @Test func filesThatCannotBeLoaded() throws {
        #expect(try Workshop.outcomes("test('x', function(t)\n end") == ["p_test.lua:2: ')' expected (to close '(' at line 1) near <eof>"])
        #expect(try Workshop.outcomes("\ntset('x', function(t) end)") == ["p_test.lua:2: unknown global 'tset'"])
        #expect(
            try Workshop.outcomes("test('x', 5)") == ["p_test.lua:1: test takes a function: test(\"name\", function(t) ... end)"])
        #expect(
            try Workshop.outcomes("\ntest('x', { config = { f = print } }, function(t) end)").first?.hasPrefix("p_test.lua:2: options: ")
                == true)
        let broken = try Workshop.outcomes(plugin: "return { api = 1, init = function()\nerror('no') end }", "test('x', function(t) end)")
        #expect(broken.count == 1 && broken[0].contains("init.lua:2: no"))
    }

    @Test func eachTestHasANodeOfItsOwn() throws {
        let plugin = """
            local count = 0
            local M = { api = 1, inbound = {} }
            function M.inbound.message_request(ctx, msg)
              count = count + 1
              hpush.shared.incr("n")
              msg.content = count .. " " .. hpush.shared.get("n") .. " " .. (hpush.monotonic() // 1 | 0)
            end
            return M
            """
        let test = """
              t:equal(t:sessions("amy"), 0)
              local a = t:login("amy")
              a:send{ to = "amy" }
              t:equal(a:received().content, "1 1 0")
              t:advance(10)
            end)
            """
        let outcomes = try Workshop.outcomes(plugin: plugin, "test('a', function(t)\n\(test)\ntest('b', function(t)\n\(test)")
        #expect(outcomes == ["ok", "ok"])
    }

    @Test func aFilterLooksAtNames() throws {
        let tests = "test('apple pie', function(t) end) test('cherry', function(t) end)"
        #expect(try Workshop(tests: tests).run { $0.filter = "PIE" }.map(\.name) == ["apple pie"])
        #expect(try Workshop(tests: tests).run { $0.filter = "none" }.isEmpty)
    }

    @Test func partsOfThePluginCanBeRequired() throws {
        let results = try Workshop(
            tests: "local part = require 'p.part' test('x', function(t) t:equal(part.n, 3) part.fail() end)",
            files: ["p/part.lua": "return { n = 3,\n fail = function() error('no') end }"]
        ).run()
        #expect(results.map { $0.failure?.place.description.hasSuffix("/p/part.lua:2") } == [true])
    }

    @Test func targets() throws {
        let workshop = try Workshop(
            tests: "", files: ["q.lua": "", "q_test.lua": "", "r.lua": "", "hpush.d.lua": "", "other/x.txt": "", "stray_test.lua": ""])
        func found(_ path: String) throws -> [String] {
            try TestTarget.find(at: workshop.folder + path).map {
                "\($0.plugin) \($0.folder.dropFirst(workshop.folder.count)) \($0.files.map { $0.dropFirst(workshop.folder.count) })"
            }
        }
        #expect(try found("/p") == ["p  [\"/p/p_test.lua\"]"])
        #expect(try found("/p/") == found("/p") && found("/p/init.lua") == found("/p") && found("/p/p_test.lua") == found("/p"))
        #expect(try found("/q.lua") == ["q  [\"/q_test.lua\"]"] && found("/q_test.lua") == found("/q.lua"))
        #expect(try found("/r.lua") == ["r  []"])
        #expect(try found("") == found("/p") + found("/q.lua") + found("/r.lua"))
        for path in ["/nothing", "/other", "/stray_test.lua", "/other/x.txt"] {
            #expect(throws: TestTargetError.self) { try found(path) }
        }
    }
}
