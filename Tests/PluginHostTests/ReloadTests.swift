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
            (
                "return { api = 1, save = function() hpush.sleep(1) end, restore = function() hpush.sleep(1) end }",
                "hpush.sleep can't be called in save; use hpush.spawn"
            ),
        ] {
            let bench = try PluginBench(source)
            let saving = try #require(throws: PluginFailure.self) { try bench.state.save(0) }
            #expect(saving.plugin == "p" && saving.reason.contains(expected), "\(saving)")
            let restoring = try #require(throws: PluginFailure.self) { try bench.state.restore(0, .nil, oldVersion: nil) }
            #expect(restoring.plugin == "p")
        }
    }

    /// They run apart from the traffic, or are undone with an aborted switch: what needs the loop must not be in them.
    @Test(arguments: [
        "hpush.sleep(0)", "hpush.sessions.of_user('a')", "hpush.notify('a', {})", "hpush.broadcast({})", "hpush.redirect({})",
        "hpush.store.user('a')", "hpush.token.verify('a')",
    ])
    func whatNeedsTheLoopIsRefused(call: String) throws {
        let name = try #require(call.split(separator: "(").first)
        let head = "return { api = 1, needs = { 'sessions', 'notify', 'redirect', 'store', 'token' }, "
        for (phase, body) in [("init", "init = "), ("save", "save = "), ("restore", "restore = ")] {
            let failure = try #require(throws: PluginFailure.self) {
                let bench = try PluginBench(head + body + "function()\n" + call + " end }")
                _ = try bench.state.save(0)
                try bench.state.restore(0, .nil, oldVersion: nil)
            }
            #expect(failure.reason == "p.lua:2: \(name) can't be called in \(phase); use hpush.spawn")
        }
        // A handler may.
        let bench = try PluginBench(head + "routes = { r = function() pcall(function() " + call + " end) return 'ran' end } }")
        #expect([HP_STOP, HP_WAITING].contains(bench.route("r", from: bench.host.open("a")).verdict))
    }

    @Test func sessionsCanBeLookedAtInRestoreButNotSentTo() throws {
        let bench = try PluginBench(
            """
            local seen, uid
            return { api = 1, routes = { see = function(ctx) seen = ctx.session end },
              save = function() return { seen, uid } end,
              restore = function(old) uid = old[1].uid old[1]:notify {} end }
            """)
        _ = bench.route("see", from: bench.host.open("amy"))
        let saved = try bench.state.save(0)
        let next = try bench.sibling()
        let failure = try #require(throws: PluginFailure.self) { try next.restore(0, saved, oldVersion: nil) }
        #expect(failure.reason == "p.lua:4: session:notify can't be called in restore; use hpush.spawn")
        #expect(try next.save(0).entries?.map(\.value) == [.text("amy")])
    }

    @Test func whatNeedsNoLoopWorksInInit() throws {
        let bench = try PluginBench(
            """
            local seen = {}
            return { api = 1, needs = { "crypto" }, init = function(ctx)
                hpush.shared.set("k", 1)
                hpush.metrics.add("starts")
                hpush.log.info("in init")
                seen = { hpush.shared.get("k"), hpush.id(), hpush.crypto.sha256("a"), hpush.json.encode { 1 }, ctx.generation }
                hpush.spawn(function() hpush.sleep(1) end)
              end,
              save = function() return #seen end }
            """)
        #expect(try bench.state.save(0) == .integer(5))
        #expect(bench.host.logs.map(\.text) == ["in init"])
        #expect(bench.runSpawned().map(\.verdict) == [HP_WAITING])
    }

    @Test func spawnedFunctionsCanBeDropped() throws {
        let bench = try PluginBench("return { api = 1, init = function() for i = 1, 40 do hpush.spawn(print) end end }")
        #expect(bench.state.spawned == 40)
        bench.state.dropSpawned()
        #expect(bench.state.spawned == 0 && bench.runSpawned().isEmpty)
    }

    @Test func pluginsAreMatchedByName() throws {
        func descriptions(_ plugins: [(String, String)]) throws -> [PluginDescription] {
            try PluginBench(plugins.map { .init(name: $0.0, source: "return { api = 1, version = '\($0.0)', \($0.1) }") }).checked.plugins
        }
        let (save, restore) = ("save = function() end", "restore = function() end")
        let old = try descriptions([("a", save), ("b", save), ("c", "init = function() end"), ("d", save)])
        let new = try descriptions([("d", restore), ("c", restore), ("b", save), ("e", restore), ("a", restore)])
        #expect(
            HandOver.steps(from: old, to: new) == [
                HandOver(plugin: 0, oldPlugin: 3, oldVersion: "d"), HandOver(plugin: 4, oldPlugin: 0, oldVersion: "a"),
            ])
    }

    @Test func takingOverSaysWhichSideFailed() throws {
        let step = HandOver(plugin: 0, oldPlugin: 0, oldVersion: nil)
        let good = try PluginBench(Self.counting)
        let bad = try PluginBench("return { api = 1, save = function() error('s') end, restore = function() error('r') end }")
        #expect(throws: HandOverFailure(step: .save, failure: PluginFailure(plugin: "p", reason: "p.lua:1: s"))) {
            try good.state.takeOver(step, from: bad.state)
        }
        #expect(throws: HandOverFailure(step: .restore, failure: PluginFailure(plugin: "p", reason: "p.lua:1: r"))) {
            try bad.state.takeOver(step, from: good.state)
        }
        try good.sibling().takeOver(step, from: good.state)
        #expect(throws: PluginFailure.self) { try bad.state.trySaves() }
        try good.state.trySaves()
    }

    @Test func placesOfFailures() throws {
        let long = String(repeating: "folder/", count: 20)
        let bundle = PluginBundle(
            name: "p", mainPath: "/\(long)p/init.lua", main: Array("\n\nx = = 1".utf8), parts: ["part": Array("(".utf8)])
        func place(_ reason: String, concernsEntry: Bool = false) -> PluginFailure.Place? {
            PluginFailure(plugin: "p", reason: reason, concernsEntry: concernsEntry).place(in: [bundle])
        }
        // Lua names a long path by its end.
        #expect(place("...folder/p/init.lua:3: no: really") == .init(file: bundle.mainPath, line: 3, reason: "no: really"))
        #expect(place("p.part:1: no") == .init(file: "/\(long)p/part.lua", line: 1, reason: "no"))
        #expect(place("api is missing") == .init(file: bundle.mainPath, line: nil, reason: "api is missing"))
        #expect(place("setting 'a' is wrong", concernsEntry: true) == nil)
        #expect(PluginFailure(plugin: "q", reason: "x").place(in: [bundle]) == nil)
    }
}
