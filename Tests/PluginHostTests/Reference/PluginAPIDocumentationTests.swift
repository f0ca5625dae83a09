import Foundation
import Testing

@testable import PluginHost

/// The files written from the description of the API are what it says.
@Suite struct PluginAPIDocumentationTests {
    @Test func typesForEditors() throws { try GeneratedFile("plugins/hpush.d.lua").expect(LuaDefinitions.text()) }

    @Test func settingsForEditors() throws {
        try GeneratedFile("plugins/.luarc.json").expect(EditorFiles.settings())
        try GeneratedFile("examples/.luarc.json").expect(EditorFiles.settings(types: "../plugins/hpush.d.lua"))
    }

    @Test func reference() throws {
        let file = GeneratedFile("docs/plugin-api.md")
        try file.expect(#require(PluginAPIReference.updating(file.text)))
    }

    @Test func theReferenceNamesEverything() throws {
        let text = PluginAPIReference.markdown()
        for entry in HostFunctionCatalog.all {
            let shown = entry.isInHpush ? "- `hpush.\(entry.name)" : entry.isField ? "| `\(entry.lastName)" : "- `\(entry.name)("
            #expect(text.contains(shown), "\(entry.name)")
        }
        for member in PluginTableCatalog.plugin.members {
            #expect(text.contains("| `\(member.name)\(member.isOptional ? "?" : "")` |"), "\(member.name)")
        }
        for type in MessageTypeDescription.all { #expect(text.contains("| `\(type.name)` |"), "\(type.name)") }
    }
}
