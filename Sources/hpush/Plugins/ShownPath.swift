import Foundation

/// Paths as people want to see them.
enum ShownPath {
    /// Relative to the working directory where the path is below it.
    static func of(_ path: String, workingDirectory: String = FileManager.default.currentDirectoryPath) -> String {
        let folder = workingDirectory.hasSuffix("/") ? workingDirectory : workingDirectory + "/"
        return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
    }
}
