import Foundation
import PluginTest

/// Where the plugins are that stand around a plugin under test in its pipeline.
enum NearbyPlugins {
    /// The folder that was named; the configuration's; and the nearest `plugins` above what is tested or above this executable that has the
    /// bundled ones.
    static func folders(explicit: String?, configured: String, paths: [String]) -> PluginFolders {
        var folders = [explicit, configured].compactMap { $0 }
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().path ?? ""
        for start in paths + [executable] {
            if let found = above(start), !folders.contains(found) { folders.append(found) }
        }
        return PluginFolders(folders.map { ShownPath.of($0) })
    }

    private static func above(_ path: String) -> String? {
        var folder = URL(fileURLWithPath: path).standardizedFileURL
        while folder.path != "/" {
            let candidate = folder.appending(path: "plugins").path
            if FileManager.default.fileExists(atPath: candidate + "/login/init.lua") { return candidate }
            folder.deleteLastPathComponent()
        }
        return nil
    }
}
