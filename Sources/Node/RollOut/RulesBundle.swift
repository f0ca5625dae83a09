import Crypto
import Foundation

/// The files of a plugins folder as they are pushed to nodes: plugins, their parts, and files that settings name. Tests stay at home.
public struct RulesBundle: Sendable, Equatable, Codable {
    /// One line that says what is wrong with which file.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Bytes of all files together.
    public static let mostBytes = 4 << 20
    static let mostFiles = 2000

    /// Text by path: relative, with `/`.
    public var files: [String: String]

    /// - Throws: `Failure`.
    public init(files: [String: String]) throws(Failure) {
        self.files = files
        guard !files.isEmpty else { throw Failure(description: "there are no files") }
        guard files.count <= Self.mostFiles else { throw Failure(description: "\(files.count) files; \(Self.mostFiles) at most") }
        let bytes = files.values.reduce(0) { $0 + $1.utf8.count }
        guard bytes <= Self.mostBytes else {
            throw Failure(description: "\(bytes) bytes in \(files.count) files; \(Self.mostBytes >> 20) MB at most")
        }
        if let path = files.keys.sorted().first(where: { !Self.isPath($0) }) {
            throw Failure(description: "\(path.prefix(200)): expected a path such as login/init.lua, without .. and hidden names")
        }
    }

    /// Reads a folder.
    /// - Throws: `Failure` that names the file.
    public init(folder: String) throws(Failure) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw Failure(description: "\(folder): expected a folder of plugins")
        }
        var files: [String: String] = [:]
        for path in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? [] where Self.belongs(path) {
            let place = folder + "/" + path
            guard FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory), !isDirectory.boolValue else { continue }
            guard let data = FileManager.default.contents(atPath: place) else { throw Failure(description: "\(place) can't be read") }
            guard let text = String(validating: data, as: UTF8.self) else {
                throw Failure(description: "\(place): expected UTF-8 text")
            }
            files[path] = text
        }
        guard files.keys.contains(where: { $0.hasSuffix(".lua") }) else {
            throw Failure(description: "\(folder): there is no plugin in it")
        }
        do { try self.init(files: files) } catch { throw Failure(description: "\(folder): \(error)") }
    }

    /// What runs on a node. Not its tests, what editors and people read, and hidden files.
    private static func belongs(_ path: String) -> Bool {
        isPath(path) && ![".d.lua", "_test.lua", ".md", "~"].contains(where: path.hasSuffix)
    }

    private static func isPath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return path.utf8.count <= 512 && parts.count <= 8 && !path.utf8.contains(0)
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
    }

    /// SHA-256 over paths and texts, 64 hex digits: the bundle's name.
    public var digest: String {
        var hash = SHA256()
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            for part in [path, text] {
                withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) { hash.update(bufferPointer: $0) }
                hash.update(data: Data(part.utf8))
            }
        }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// As nodes hand it on; the same bytes for the same files.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    /// - Throws: `Failure` where the bytes are no bundle, or another than the one of that name.
    init(encoded bytes: [UInt8], digest: String) throws(Failure) {
        guard let files = try? JSONDecoder().decode(RulesBundle.self, from: Data(bytes)).files else {
            throw Failure(description: "bundle \(digest.prefix(12)) is damaged")
        }
        try self.init(files: files)
        guard self.digest == digest else { throw Failure(description: "bundle \(digest.prefix(12)) is another than its name says") }
    }

    /// Whether it could be a bundle's name.
    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 }
    }
}
