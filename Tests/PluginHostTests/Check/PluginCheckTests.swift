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
        #expect(api.count == 1 && api.first?.hasPrefix("hello/init.lua:1:1: ") == true && api.first?.contains("API 99") == true)
    }

    @Test func allSettingsAreReportedWithTheirPlace() throws {
        let source = "return { api = 1, config = { limit = { type = 'integer', max = 3 }, mode = { type = 'string' } } }"
        let settings = LuaValue.fields(["limit": .integer(4), "mdoe": .text("x"), "on_error": .text("ignore")])
        let found = try problems(["hello/init.lua": source], settings: settings)
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.hasPrefix("node.yaml:3: plugin hello: ") })
        #expect(found.contains { $0.hasSuffix("did you mean mode?") })
    }

    @Test func aPluginThatIsNotThere() throws {
        let found = try problems([:], of: "absent")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("node.yaml:3: plugin absent: there is neither ") == true)
    }
}
