import Foundation
import PluginHost

/// Where plugins are looked for: the first folder that has one of a name wins.
package struct PluginFolders: Sendable {
    private let folders: [String]

    package init(_ folders: [String]) { self.folders = folders }

    package func with(_ folder: String) -> PluginFolders { PluginFolders([folder] + folders) }

    /// - Throws: `PluginFailure` when no folder has it.
    package func bundle(named name: String) throws -> PluginBundle {
        let files = FileManager.default
        for folder in folders
        where files.fileExists(atPath: "\(folder)/\(name)/init.lua") || files.fileExists(atPath: "\(folder)/\(name).lua") {
            return try PluginBundle(named: name, in: folder)
        }
        throw PluginFailure(plugin: name, reason: "it is in none of \(folders.joined(separator: ", ")) (--plugins names more folders)")
    }
}
