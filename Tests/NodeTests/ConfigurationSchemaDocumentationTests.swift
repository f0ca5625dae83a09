import Foundation
import HPushConfiguration
import PluginHost
import Testing

@testable import Node

/// config/hpush.schema.json is what the descriptions of keys and plugins say.
@Suite struct ConfigurationSchemaDocumentationTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path

    private func schema() throws -> String {
        ConfigurationSchema.text(plugins: try PluginFolder.descriptions(in: Self.package + "/plugins"))
    }

    @Test func theFileIsWhatTheDescriptionSays() throws {
        let file = Self.package + "/config/hpush.schema.json"
        let expected = try schema()
        if ProcessInfo.processInfo.environment["HPUSH_TEST_WRITE_DOCS"] != nil {
            try expected.write(toFile: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == expected, "write it anew: scripts/docs --write")
    }

    @Test func itKnowsTheSettingsOfEachBundledPlugin() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.package + "/plugins").filter(PluginBundle.isName)
        let plugins = try PluginFolder.descriptions(in: Self.package + "/plugins")
        #expect(plugins.map(\.name) == folders.sorted() && plugins.count >= 6)
        let root = try #require(JSONSerialization.jsonObject(with: Data(schema().utf8)) as? [String: Any])
        let items = try #require(value(root, "properties", "plugins", "properties", "pipeline", "items", "then", "properties"))
        for plugin in plugins {
            let settings = try #require(value(items, plugin.name, "properties"))
            #expect(Set(settings.keys) == Set(plugin.settings.map(\.name) + ["on_error"]))
        }
        let limit = try #require(value(items, "rate_limit", "properties", "messages_per_second"))
        #expect(limit["type"] as? String == "number" && limit["minimum"] as? Double == 0.01 && limit["default"] as? Double == 50)
    }

    private func value(_ root: [String: Any], _ path: String...) -> [String: Any]? {
        path.reduce(Optional(root)) { $0?[$1] as? [String: Any] }
    }
}
