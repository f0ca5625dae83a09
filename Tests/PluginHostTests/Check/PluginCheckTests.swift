import Foundation
import Testing

@testable import PluginHost

@Suite struct PluginCheckTests {
    /// Writes plugins into a folder that is gone afterwards, and gives the problems of one, with paths relative to the folder.
    private func problems(
        _ files: KeyValuePairs<String, String>, of name: String = "hello", settings: LuaValue = .nil
    ) throws -> [String] {
        let folder = NSTemporaryDirectory() + "check-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (path, text) in files {
            let url = URL(fileURLWithPath: folder + "/" + path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        let entry = PluginCheck.Entry(name: name, settings: settings, settingsPlace: "node.yaml:3")
        return PluginCheck(directory: folder).problems(of: entry).map { "\($0)".replacing(folder + "/", with: "") }
    }

    @Test func aGoodPluginHasNone() throws {
        #expect(
            try problems(
                [
                    "hello/init.lua": """
                    local part = require "hello.part"
                    local M = { api = 1, needs = { "crypto" }, config = { n = { type = "integer", default = 1 } } }
                    function M.init(ctx) part.key = hpush.crypto.sha256(tostring(ctx.config.n)) end
                    return M
                    """,
                    "hello/part.lua": "return {}",
                ], settings: .fields(["n": .integer(2)])) == [])
    }

    @Test func syntaxErrorsHaveTheLineOfTheirFile() throws {
        #expect(try problems(["hello/init.lua": "local M = {\n  api = = 1 }"]) == ["hello/init.lua:2:3: unexpected symbol near '='"])
        #expect(
            try problems(["hello/init.lua": "require 'hello.part' return { api = 1 }", "hello/part.lua": "\n return = 1"])
                == ["hello/part.lua:2:2: unexpected symbol near '='"])
    }

    @Test func allNamesAreReportedAndTheFirstNotTwice() throws {
        #expect(
            try problems(["hello.lua": "print(frist)\nreturn { api = 1, init = function() return hpush.nwo() end }"]) == [
                "hello.lua:1:7: unknown global 'frist'", "hello.lua:2:44: hpush has no 'nwo'; did you mean hpush.now?",
            ])
    }

    @Test func whatIsWrongOnlyAtRunTime() throws {
        #expect(try problems(["hello/init.lua": "local M = { api = 1 }\n\terror('boom')\nreturn M"]) == ["hello/init.lua:2:2: boom"])
        #expect(
            try problems(["hello/init.lua": "return { api = 1,\n init = function() error('no words') end }"])
                == ["hello/init.lua:2:2: no words"])
        let api = try problems(["hello/init.lua": "return { api = 99 }"])
        #expect(api.count == 1 && api.first?.hasPrefix("hello/init.lua:1:10: ") == true && api.first?.contains("API 99") == true)
    }

    @Test func allSettingsAreReportedWithTheirPlace() throws {
        let source = "return { api = 1, config = { limit = { type = 'integer', max = 3 }, mode = { type = 'string' } } }"
        let settings = LuaValue.fields(["limit": .integer(4), "mdoe": .text("x"), "on_error": .text("ignore")])
        let found = try problems(["hello/init.lua": source], settings: settings)
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.hasPrefix("node.yaml:3: plugin hello: ") })
        #expect(found.contains { $0.hasSuffix("did you mean mode?") })
    }

    @Test func whatLoadingFindsHasThePlaceOfItsKey() throws {
        #expect(
            try problems(["hello/init.lua": "local M = { api = 1 }\nM.config = {\n  n = { type = 'int' } }\nreturn M"]) == [
                "hello/init.lua:3:3: config.n: type is one of integer, number, boolean, string, list, table, file"
            ])
        #expect(
            try problems(["hello/init.lua": "return { api = 1,\n  timers = { { every = 0, run = print } } }"]) == [
                "hello/init.lua:2:14: timers[1].every is a number of seconds, from 0.01"
            ])
        #expect(try problems(["hello/init.lua": "return {\n  api = 9 }"]).map { $0.prefix(22) } == ["hello/init.lua:2:3: it"])
        #expect(
            try problems(["hello/init.lua": "local M = { api = 1, inbound = {} }\nfunction M.inbound.mesage_request() end return M"]) == [
                "hello/init.lua:2:20: inbound.mesage_request never runs: there is no such head type; did you mean inbound.message_request?"
            ])
        #expect(
            try problems(["hello/init.lua": "return { api = 1, routes = 5 }"]) == [
                "hello/init.lua:1:19: routes is a table of functions, not a number"
            ])
    }

    @Test func settingsHaveThePlaceOfTheirKey() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let source = "return { api = 1, config = { n = { type = 'integer' } } }"
        try Data(source.utf8).write(to: URL(fileURLWithPath: folder + "/p.lua"))
        let entry = PluginCheck.Entry(
            name: "p", settings: .fields(["n": .text("x"), "m": .integer(1)]), settingsPlace: "node.yaml:3:5",
            settingPlaces: ["n": "node.yaml:4:7"])
        #expect(
            PluginCheck(directory: folder).problems(of: entry).map(\.description) == [
                "node.yaml:4:7: plugin p: setting 'n' is a string, expected an integer",
                "node.yaml:3:5: plugin p: unknown setting 'm'; it has n, on_error; did you mean n?",
            ])
    }

    @Test func whatStandsBehindAPluginThatAlwaysEnds() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "check-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let handler = "{ message_request = function() end, login_request = function() end, ['*'] = function() end }"
        let files = [
            "ends": "return { api = 1, inbound = { message_request = function() return hpush.stop end } }",
            "behind": "return { api = 1,\n  inbound = \(handler) }",
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name).lua")) }
        func check(_ names: [String], settings: LuaValue = .nil) -> [String] {
            PluginCheck(directory: folder).problems(ofPipeline: names.map { .init(name: $0, settings: $0 == "ends" ? settings : .nil) })
                .flatMap { $0 }.map { $0.description.replacing(folder + "/", with: "") }
        }
        #expect(
            check(["ends", "behind"]) == [
                "behind.lua:2:15: inbound.message_request never runs here: ends, before it in the pipeline, always ends the chain"
            ])
        #expect(check(["behind", "ends"]) == [] && check(["ends", "behind"], settings: .fields(["on_error": .text("skip")])) == [])
    }

    @Test func whatRefusesBehindTheStoreIsNamed() throws {
        func problems(_ names: String...) -> [[PluginProblem]] {
            PluginCheck(directory: PluginBench.pluginsFolder).problems(ofPipeline: names.map { .init(name: $0) })
        }
        let found = problems("login", "inbox", "rate_limit", "chat_redirect")
        #expect(found.map(\.count) == [0, 0, 1, 0])
        #expect(found[2].first?.place.contains("rate_limit/init.lua:") == true)
        #expect(
            found[2].first?.message
                == "rate_limit may refuse a message that inbox, before it in the pipeline, has stored, and the recipient gets it all the "
                + "same; put rate_limit before inbox")
        let usual = problems("rate_limit", "login", "device_policy", "group_chat", "inbox", "chat_redirect", "notification")
        #expect(usual.flatMap { $0 } == [])
        #expect(problems("login", "rate_limit", "chat_redirect").flatMap { $0 } == [])
    }

    @Test func theBundledPluginsEndWhereTheySay() throws {
        let problems = PluginCheck(directory: PluginBench.pluginsFolder)
            .problems(ofPipeline: ["login", "device_policy", "chat_redirect", "word_filter"].map { .init(name: $0) })
        #expect(problems.map(\.count) == [0, 0, 0, 1])
        #expect(
            problems[3].first?.message
                == "inbound.message_request never runs here: chat_redirect, before it in the pipeline, always ends the chain")
    }

    @Test func aPluginThatIsNotThere() throws {
        let found = try problems([:], of: "absent")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("node.yaml:3: plugin absent: there is neither ") == true)
    }
}
