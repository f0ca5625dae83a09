import Foundation
import Storage

/// Names a data directory for good: `node.data_dir`/owner-id. Made at the first start in a cluster.
enum OwnerID {
    /// - Throws: `DataDirectoryError`, or the file system's error.
    static func loadOrMake(dataDirectory: String) throws -> String {
        try DataDirectory.make(dataDirectory)
        let path = dataDirectory + "/owner-id"
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if !id.isEmpty { return id }
        }
        let id = UUID().uuidString.lowercased()
        try Data((id + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        return id
    }
}
