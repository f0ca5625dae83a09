import Foundation

/// The files of one plugin, read once, so that all loops load the same text.
public struct PluginBundle: Sendable, Equatable {
    public let name: String
    /// The main file, as messages name it.
    public let mainPath: String
    public let main: [UInt8]
    /// `require "NAME.part"`: the text by part.
    public let parts: [String: [UInt8]]

    public init(name: String, mainPath: String, main: [UInt8], parts: [String: [UInt8]] = [:]) {
        self.name = name
        self.mainPath = mainPath
        self.main = main
        self.parts = parts
    }

    /// Reads DIRECTORY/NAME/init.lua with its parts, or DIRECTORY/NAME.lua.
    /// - Throws: `PluginFailure` when there is neither, both, or one can't be read.
    public init(named name: String, in directory: String) throws {
        guard Self.isName(name) else {
            let reason = "a plugin's name has letters, digits and _ only, and no digit first"
            throw PluginFailure(plugin: name, reason: reason, concernsEntry: true)
        }
        let folder = directory + "/" + name
        let file = folder + ".lua"
        let folderMain = folder + "/init.lua"
        let hasFolder = FileManager.default.fileExists(atPath: folderMain)
        let hasFile = FileManager.default.fileExists(atPath: file)
        guard hasFolder || hasFile else {
            throw PluginFailure(plugin: name, reason: "there is neither \(folderMain) nor \(file) (plugins.path)", concernsEntry: true)
        }
        guard hasFolder != hasFile else {
            throw PluginFailure(plugin: name, reason: "there are both \(folderMain) and \(file)", concernsEntry: true)
        }
        let mainPath = hasFolder ? folderMain : file
        self.init(
            name: name, mainPath: mainPath, main: try Self.read(mainPath, of: name),
            parts: hasFolder ? try Self.parts(in: folder, of: name) : [:])
    }

    /// Whether there is a main file of that name.
    public static func exists(_ name: String, in directory: String) -> Bool {
        ["\(directory)/\(name).lua", "\(directory)/\(name)/init.lua"].contains { FileManager.default.fileExists(atPath: $0) }
    }

    private static func parts(in folder: String, of name: String) throws -> [String: [UInt8]] {
        var parts: [String: [UInt8]] = [:]
        let files: [String]
        do { files = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw PluginFailure(plugin: name, reason: "\(folder) can't be read")
        }
        for file in files where file.hasSuffix(".lua") && file != "init.lua" && !file.hasSuffix("_test.lua") && !file.hasPrefix(".") {
            parts[String(file.dropLast(4))] = try read(folder + "/" + file, of: name)
        }
        return parts
    }

    private static func read(_ path: String, of name: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PluginFailure(plugin: name, reason: "\(path) can't be read")
        }
        return [UInt8](data)
    }

    /// Names become Lua module names and metric labels.
    public static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 64, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
