import Foundation

/// Reads the files that settings of the kind `file` name. Plugins have no file access: they get the text.
struct SettingFiles {
    /// One line that names the path and what is wrong with it.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let maximumBytes = 8 << 20

    /// The plugins folder.
    let directory: String

    /// - Throws: `Failure`.
    func read(_ path: String) throws(Failure) -> [UInt8] {
        let place = path.hasPrefix("/") ? path : directory + "/" + path
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isDirectory) else {
            throw Failure(description: "there is no file \(place)")
        }
        guard !isDirectory.boolValue else { throw Failure(description: "\(place) is a folder, expected a file") }
        let size = (try? FileManager.default.attributesOfItem(atPath: place)[.size] as? NSNumber)?.intValue ?? 0
        guard size <= Self.maximumBytes else { throw Failure(description: "\(place) is larger than \(Self.maximumBytes >> 20) MB") }
        guard let data = FileManager.default.contents(atPath: place) else { throw Failure(description: "\(place) can't be read") }
        return [UInt8](data)
    }
}
