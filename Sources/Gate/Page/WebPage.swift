import Foundation

/// The web chat page's files, and what the page has to know of the node.
public struct WebPage: Sendable {
    let folder: URL
    /// Files in it, by name; found at start.
    let names: [String]
    /// The path of the node's WebSocket.
    let webSocketPath: String
    /// Whether logins need a password at present.
    let needsPasswords: @Sendable () -> Bool

    /// - Returns: nil where the folder has no `index.html`.
    public init?(folder: String, webSocketPath: String, needsPasswords: @escaping @Sendable () -> Bool) {
        self.folder = URL(fileURLWithPath: folder)
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        names = found.filter { Self.type(of: $0) != nil }.sorted()
        guard names.contains("index.html") else { return nil }
        self.webSocketPath = webSocketPath
        self.needsPasswords = needsPasswords
    }

    /// The folder `web` beside an executable, or the nearest above it.
    public static func folder(near executable: URL) -> String? {
        var folder = executable.resolvingSymlinksInPath().deletingLastPathComponent()
        while true {
            let candidates = [folder.appending(path: "web"), folder.appending(path: "share/hpush/web")].map(\.path)
            if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/hpush.js") }) { return found }
            if folder.path == "/" { return nil }
            folder.deleteLastPathComponent()
        }
    }

    /// The media type by a name's ending; nil: not served.
    static func type(of name: String) -> String? {
        guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return nil }
        return switch name[dot...] {
        case ".html": "text/html; charset=utf-8"
        case ".js": "text/javascript; charset=utf-8"
        case ".css": "text/css; charset=utf-8"
        case ".svg": "image/svg+xml"
        case ".png": "image/png"
        case ".webmanifest": "application/manifest+json"
        default: nil
        }
    }
}
