import Foundation

/// Reads the files that settings of the kind `file` name, and remembers what it found. Plugins have no file access: they get the text.
public final class SettingFiles {
    /// One line that names the path and what is wrong with it.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let maximumBytes = 8 << 20

    /// The plugins folder.
    private let directory: String
    /// What was read by absolute path; nil for what could not be.
    public private(set) var texts: [String: [UInt8]?] = [:]

    public init(directory: String) { self.directory = directory }

    /// - Throws: `Failure`.
    func read(_ path: String) throws(Failure) -> [UInt8] {
        let place = path.hasPrefix("/") ? path : directory + "/" + path
        texts.updateValue(nil, forKey: place)
        let text = try Self.text(of: place)
        texts.updateValue(text, forKey: place)
        return text
    }

    private static func text(of place: String) throws(Failure) -> [UInt8] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory) else {
            throw Failure(description: "there is no file \(place)")
        }
        guard !isDirectory.boolValue else { throw Failure(description: "\(place) is a folder, expected a file") }
        let size = (try? FileManager.default.attributesOfItem(atPath: place)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= maximumBytes else { throw Failure(description: "\(place) is larger than \(maximumBytes >> 20) MB") }
        guard let data = FileManager.default.contents(atPath: place) else { throw Failure(description: "\(place) can't be read") }
        return [UInt8](data)
    }

    /// Whether files that were read have other text now.
    public static func differ(from texts: [String: [UInt8]?]) -> Bool {
        texts.contains { path, text in (try? Self.text(of: path)) != text }
    }
}
