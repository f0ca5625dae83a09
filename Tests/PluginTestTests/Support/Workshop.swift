import Foundation

@testable import PluginTest

/// A folder with a plugin `p` and its test file, for a test of the runner.
struct Workshop {
    let folder: String

    /// The bundled plugins.
    static let plugins = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../plugins").standardized.path

    init(plugin: String = "return { api = 1 }", tests: String, files: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "workshop-\(UUID().uuidString)").path
        for (name, text) in files.merging(["p/init.lua": plugin, "p/p_test.lua": tests], uniquingKeysWith: { $1 }) {
            let url = URL(filePath: folder).appending(path: name)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    func run(_ change: (inout TestRunner) -> Void = { _ in }) throws -> [TestResult] {
        var runner = TestRunner(folders: PluginFolders([Self.plugins]))
        change(&runner)
        var results: [TestResult] = []
        for target in try TestTarget.find(at: folder + "/p") { runner.run(target) { results.append($0) } }
        try? FileManager.default.removeItem(atPath: folder)
        return results
    }

    /// "LINE: message" of each test; "ok" for one that passed.
    static func outcomes(plugin: String = "return { api = 1 }", _ tests: String) throws -> [String] {
        try Workshop(plugin: plugin, tests: tests).run().map { result in
            result.failure.map { failure in
                let file = failure.place.file.split(separator: "/").last ?? ""
                return "\(file):\(failure.place.line): \(failure.message)"
            } ?? "ok"
        }
    }
}
