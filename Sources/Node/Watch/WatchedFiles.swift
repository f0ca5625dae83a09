import Foundation

/// The files that make up the rules, as the folders to watch: a file that is replaced by a rename is another file, its folder is the same.
struct WatchedFiles: Equatable, Sendable {
    var pluginsFolder: String
    /// The configuration, and files that settings name. Absolute, or relative to the working directory.
    var files: Set<String>

    /// By path, as they are on the disk now. Links are followed: what they lead to is watched as well.
    func folders() -> [String: WatchedFolder] {
        var folders: [String: WatchedFolder] = [:]
        func watch(_ path: String) {
            for path in [path, Self.real(path)] {
                let url = URL(fileURLWithPath: path)
                folders[url.deletingLastPathComponent().path, default: WatchedFolder()].names.insert(url.lastPathComponent)
            }
        }
        // The folder itself may go and come again.
        watch(pluginsFolder)
        folders[pluginsFolder, default: WatchedFolder()].isOfPlugins = true
        for name in (try? FileManager.default.contentsOfDirectory(atPath: pluginsFolder)) ?? [] where !name.hasPrefix(".") {
            let path = pluginsFolder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                folders[path, default: WatchedFolder()].isOfPlugins = true
                for part in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where part.hasSuffix(".lua") {
                    if Self.isLink(path + "/" + part) { watch(path + "/" + part) }
                }
            }
            if Self.isLink(path) { watch(path) }
        }
        files.forEach(watch)
        return folders
    }

    private static func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }

    private static func isLink(_ path: String) -> Bool { (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil }
}
