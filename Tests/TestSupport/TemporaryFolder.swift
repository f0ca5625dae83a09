import Foundation

/// A folder that goes with its last reference.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("hpush-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// - Returns: the path of the new file.
    public func write(_ name: String, _ text: String) throws -> String {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// Permissions of a file in it.
    public func mode(of name: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.posixPermissions] as? NSNumber)?.intValue
    }
}
