import Foundation
import Storage
import Synchronization

/// The bundles of rules that were pushed to this node, in `node.data_dir`/pushed: a folder for each, and `current`, which names the one that is used
/// instead of `plugins.path`, also after a restart. Any thread; disk.
final class PushedRules: Sendable {
    /// Bundles that stay beside the current one.
    private static let mostKept = 5

    private let folder: String
    private let used: Mutex<String?>

    /// - Throws: `DataDirectoryError` when `current` names a bundle that is not there.
    init(dataDirectory: String) throws {
        folder = dataDirectory + "/pushed"
        used = Mutex(nil)
        guard let data = FileManager.default.contents(atPath: folder + "/current") else { return }
        let digest = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard RulesBundle.isDigest(digest), has(digest) else {
            throw DataDirectoryError(
                path: folder + "/current", reason: "names no bundle of rules that is there; remove the file to use plugins.path")
        }
        used.withLock { $0 = digest }
    }

    /// The bundle in use; nil: `plugins.path` is.
    var digest: String? { used.withLock(\.self) }

    /// Where the plugins are; nil: at `plugins.path`.
    var directory: String? { digest.map { folder + "/" + $0 } }

    func has(_ digest: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/" + digest) }

    /// Writes a bundle's files, if they are not there.
    /// - Throws: `DataDirectoryError`.
    func keep(_ bundle: RulesBundle) throws -> String {
        let digest = bundle.digest
        if has(digest) { return digest }
        let draft = folder + "/.\(digest).\(UInt32.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        do {
            for (path, text) in bundle.files {
                let place = URL(fileURLWithPath: draft + "/" + path)
                try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(text.utf8).write(to: place)
            }
            // Another thread may have been faster with the same files.
            do { try FileManager.default.moveItem(atPath: draft, toPath: folder + "/" + digest) } catch { if !has(digest) { throw error } }
        } catch { throw DataDirectoryError(path: folder, reason: "the pushed rules cannot be written: \(error.localizedDescription)") }
        return digest
    }

    /// From now on the node reads this bundle, or `plugins.path` again. Not yet after a restart: see `save`.
    func use(_ digest: String?) { used.withLock { $0 = digest } }

    /// A restart begins with what is used now. Older bundles go.
    /// - Throws: `DataDirectoryError`.
    func save() throws {
        let digest = self.digest
        let path = folder + "/current"
        do {
            if let digest {
                try Data((digest + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            } else if FileManager.default.fileExists(atPath: path) {
                try FileManager.default.removeItem(atPath: path)
            }
        } catch { throw DataDirectoryError(path: path, reason: "cannot be written: \(error.localizedDescription)") }
        prune(but: digest)
    }

    private func prune(but digest: String?) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let bundles = names.filter { RulesBundle.isDigest($0) && $0 != digest }.map { name in
            (name, (try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.modificationDate] as? Date) ?? .distantPast)
        }
        for (name, _) in bundles.sorted(by: { $0.1 > $1.1 }).dropFirst(Self.mostKept) {
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }
}
