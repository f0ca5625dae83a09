import Foundation

/// What lets editors with lua-language-server know the API: types and settings beside the plugins.
public enum EditorFiles {
    public static let types = "hpush.d.lua"
    public static let settings = ".luarc.json"

    /// `.luarc.json` of a folder of plugins.
    /// - Parameter types: where `hpush.d.lua` is, from that folder on; nil: in it.
    public static func settings(types: String? = nil) -> String {
        let library = types.map { ",\n  \"workspace.library\": [\"\($0)\"]" } ?? ""
        return """
            {
              "$schema": "https://raw.githubusercontent.com/LuaLS/vscode-lua/master/setting/schema.json",
              "runtime.version": "Lua 5.4",
              "runtime.path": ["?.lua", "?/init.lua"],
              "runtime.builtin": { "io": "disable", "debug": "disable", "os": "disable" }\(library)
            }

            """
    }

    /// Writes both into a folder of plugins: types that are not of this version are replaced, settings only made.
    /// - Returns: what was written.
    /// - Throws: what the file system says.
    public static func write(in folder: String) throws -> [String] {
        var written: [String] = []
        func put(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name), options: .atomic)
            written.append(folder + "/" + name)
        }
        let found = FileManager.default.contents(atPath: folder + "/" + types)
        if found != Data(LuaDefinitions.text().utf8) { try put(types, LuaDefinitions.text()) }
        if !FileManager.default.fileExists(atPath: folder + "/" + settings) { try put(settings, settings()) }
        return written
    }
}
