import Foundation
import Testing

/// A file of the repository that is written from a description. `HPUSH_TEST_WRITE_DOCS=1` writes it instead of comparing it.
struct GeneratedFile {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized.path

    let path: String

    init(_ path: String) { self.path = Self.package + "/" + path }

    var text: String {
        get throws { try String(contentsOfFile: path, encoding: .utf8) }
    }

    func expect(_ expected: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if ProcessInfo.processInfo.environment["HPUSH_TEST_WRITE_DOCS"] != nil {
            try expected.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let found = try text
        let line = zip(found.split(separator: "\n"), expected.split(separator: "\n")).first { $0 != $1 }
        #expect(
            found == expected,
            "\(path) is not what the description says (\(line.map { "'\($0.0)', not '\($0.1)'" } ?? "its end")): scripts/docs --write",
            sourceLocation: sourceLocation)
    }
}
