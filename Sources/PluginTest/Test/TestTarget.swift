import Foundation
import PluginHost

/// A plugin and its test files.
package struct TestTarget: Sendable, Equatable {
    package var plugin: String
    /// The folder the plugin lies in.
    package var folder: String
    /// Paths.
    package var files: [String]

    /// What a path stands for: a test file, a plugin's folder or file, or a folder of plugins.
    /// - Throws: `TestTargetError`.
    package static func find(at path: String) throws -> [TestTarget] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw TestTargetError("\(path): there is no such file or folder")
        }
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if !isFolder.boolValue { return [try target(ofFile: path)] }
        if exists("\(path)/init.lua") { return [target(ofFolder: path)] }
        return try plugins(in: path)
    }

    private static func target(ofFile path: String) throws -> TestTarget {
        let (folder, name) = split(path)
        guard name.hasSuffix(".lua") else { throw TestTargetError("\(path): expected a plugin's folder, its Lua file or a *_test.lua") }
        let stem = String(name.dropLast(4))
        guard stem.hasSuffix("_test") else {
            if stem == "init" { return target(ofFolder: folder) }
            let test = join(folder, "\(stem)_test.lua")
            return TestTarget(plugin: stem, folder: folder, files: exists(test) ? [test] : [])
        }
        if exists(join(folder, "init.lua")) {
            let (parent, plugin) = split(folder)
            return TestTarget(plugin: plugin, folder: parent, files: [path])
        }
        let plugin = String(stem.dropLast(5))
        guard exists(join(folder, "\(plugin).lua")) else {
            throw TestTargetError("\(path): there is neither an init.lua nor a \(plugin).lua beside it")
        }
        return TestTarget(plugin: plugin, folder: folder, files: [path])
    }

    private static func target(ofFolder path: String) -> TestTarget {
        let (parent, plugin) = split(path)
        let files = names(in: path).filter { $0.hasSuffix("_test.lua") && !$0.hasPrefix(".") }
        return TestTarget(plugin: plugin, folder: parent, files: files.map { join(path, $0) })
    }

    private static func plugins(in path: String) throws -> [TestTarget] {
        let names = names(in: path).filter { !$0.hasPrefix(".") }
        let targets = try names.compactMap { name -> TestTarget? in
            let file = join(path, name)
            if exists(join(file, "init.lua")) { return target(ofFolder: file) }
            // Others, such as hpush.d.lua, are no plugins.
            guard name.hasSuffix(".lua"), !name.hasSuffix("_test.lua"), PluginBundle.isName(String(name.dropLast(4))) else { return nil }
            return try target(ofFile: file)
        }
        guard !targets.isEmpty else { throw TestTargetError("\(path): there is no plugin in it") }
        return targets
    }

    // MARK: Paths

    private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private static func join(_ folder: String, _ name: String) -> String { folder == "." ? name : "\(folder)/\(name)" }

    /// The folder a path is in, and its last part; of "." and ".." that of the whole path.
    private static func split(_ path: String) -> (folder: String, name: String) {
        guard !["", ".", ".."].contains(path), !path.hasSuffix("/.."), !path.hasSuffix("/.") else {
            let whole = URL(fileURLWithPath: path).standardizedFileURL.path
            return split(whole)
        }
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}

/// Why there is nothing to test at a path. One line.
package struct TestTargetError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
