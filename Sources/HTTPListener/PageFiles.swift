import Foundation
import HTTPTypes
import Hummingbird

/// A folder of files that make a page. Only those with a known ending are served, by their names, none of its folders.
public struct PageFiles: Sendable {
    private let folder: URL
    /// Files in it, by name; found at start.
    public let names: [String]

    /// - Returns: nil where the folder has no `index.html`.
    public init?(folder: String) {
        self.folder = URL(fileURLWithPath: folder)
        let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        names = found.filter { Self.type(of: $0) != nil }.sorted()
        guard names.contains("index.html") else { return nil }
    }

    /// The folder `web` beside an executable, or the nearest above it.
    public static func web(near executable: URL) -> String? {
        var folder = executable.resolvingSymlinksInPath().deletingLastPathComponent()
        while true {
            let candidates = [folder.appending(path: "web"), folder.appending(path: "share/hpush/web")].map(\.path)
            if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/hpush.js") }) { return found }
            if folder.path == "/" { return nil }
            folder.deleteLastPathComponent()
        }
    }

    /// Read each time: the files are small, and who changes them sees it at once.
    /// - Parameter policy: what a browser may do with it (Content-Security-Policy).
    /// - Throws: `HTTPFailure` 404.
    public func answer(_ name: String, policy: String) throws -> Response {
        guard names.contains(name), let type = Self.type(of: name), let data = try? Data(contentsOf: folder.appending(path: name)) else {
            throw HTTPFailure(.notFound, code: "not_found", "there is no \(name.prefix(200))")
        }
        return .file(data, type: type, policy: policy)
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
