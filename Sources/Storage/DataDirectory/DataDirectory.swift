import Foundation

/// The folder `node.data_dir`.
public enum DataDirectory {
    /// Makes the folder where it is missing, for its owner alone. Throws `DataDirectoryError`.
    public static func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            var isFolder: ObjCBool = false
            let reason =
                FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                ? "it is a file" : String(cString: strerror(errno))
            throw DataDirectoryError(path: path, reason: "the data directory (node.data_dir) cannot be made: \(reason)")
        }
    }
}
