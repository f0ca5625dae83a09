import Foundation
import Testing

@testable import HPushConfiguration

enum Fixtures {
    /// The broken files, as absolute paths.
    static func files() -> [String] {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures").path ?? ""
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder + "/" + $0 }
    }

    /// The package's folder.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

/// A folder that goes with its last reference.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("hpush-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws -> String {
        try write(name, bytes: Array(text.utf8))
    }

    func write(_ name: String, bytes: [UInt8]) throws -> String {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file.path
    }
}

/// The one line a configuration is refused with; "accepted" where it is not.
func refusal(
    file: String? = nil, options: [String] = [], environment: [String: String] = [:], workingDirectory: String = "/"
) -> String {
    do {
        _ = try NodeConfiguration.load(
            file: file, options: options, environment: environment, workingDirectory: workingDirectory)
        return "accepted"
    } catch {
        return String(describing: error)
    }
}

func load(
    file: String? = nil, options: [String] = [], environment: [String: String] = [:], workingDirectory: String = "/"
) throws -> NodeConfiguration {
    try NodeConfiguration.load(file: file, options: options, environment: environment, workingDirectory: workingDirectory)
}
