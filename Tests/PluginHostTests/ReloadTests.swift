import CPluginBridge
import PluginHost
import Testing
import WireProtocol

/// A plugin's state goes from one generation to the next.
@Suite struct ReloadTests {
    static let counting = """
        local counts, version = {}, nil
        return { api = 1, version = "1.2",
          routes = { count = function(ctx) counts[ctx.session] = (counts[ctx.session] or 0) + 1 return counts[ctx.session] .. tostring(version) end },
          save = function() return { counts = counts, text = "a\\0b" } end,
          restore = function(state, old) assert(state.text == "a\\0b") counts = state.counts version = old end,
        }
        """

    @Test func stateWithSessionsAsKeys() throws {
        let bench = try PluginBench(Self.counting)
        let (amy, bob) = (bench.host.open("amy"), bench.host.open("bob"))
        _ = bench.route("count", from: amy)
        _ = bench.route("count", from: amy)
        #expect(bench.route("count", from: bob).resultText == "1nil")
        let saved = try bench.state.save(0)
        let next = try bench.sibling()
        try next.initialise()
        try next.restore(0, saved, oldVersion: "1.1")
        let again = try next.save(0)
        #expect(again["text"] == saved["text"])
        #expect(Set(again["counts"]?.entries?.map { "\($0)" } ?? []) == Set(saved["counts"]?.entries?.map { "\($0)" } ?? ["none"]))
        #expect(saved["counts"]?.entries?.count == 2)
        // The old one still counts, and was not changed by saving.
        #expect(bench.route("count", from: amy).resultText == "3nil")
    }

    @Test func aPluginWithoutSaveOrRestore() throws {
        let bench = try PluginBench("return { api = 1 }")
        #expect(try bench.state.save(0) == .nil)
        try bench.state.restore(0, .text("x"), oldVersion: nil)
        #expect(!bench.checked.plugins[0].hasSave && !bench.checked.plugins[0].hasRestore)
    }

    @Test func failuresAreNamed() throws {
        for (source, expected) in [
            ("return { api = 1, save = function() error('s') end, restore = function() error('r') end }", "p.lua:1: s"),
            (
                "return { api = 1, save = function() return print end, restore = function() error('r') end }",
                "a function can't be handed over"
            ),
            ("return { api = 1, save = function() hpush.sleep(1) end, restore = function() hpush.sleep(1) end }", "hpush.sleep can't be called in save"),
        ] {
            let bench = try PluginBench(source)
            let saving = try #require(throws: PluginFailure.self) { try bench.state.save(0) }
            #expect(saving.plugin == "p" && saving.reason.contains(expected), "\(saving)")
            let restoring = try #require(throws: PluginFailure.self) { try bench.state.restore(0, .nil, oldVersion: nil) }
            #expect(restoring.plugin == "p")
        }
    }
}
