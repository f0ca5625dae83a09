import Foundation
import Testing

@testable import HPushConfiguration

/// Each file in `Fixtures` names its refusal in its first line: `# expect: LINE: KEY: PROBLEM` (or a beginning of it).
@Suite struct BrokenFilesTests {
    static let files = Fixtures.files()

    @Test func thereAreEnough() {
        #expect(Self.files.count >= 20)
    }

    @Test(arguments: files)
    func isRefusedWithOneLine(_ path: String) throws {
        let firstLine = try String(contentsOfFile: path, encoding: .utf8).prefix { $0 != "\n" }
        let expected = path + ":" + firstLine.replacing("# expect: ", with: "")
        let error = #expect(throws: ConfigurationError.self) {
            try NodeConfiguration.load(file: path, environment: [:], workingDirectory: "/")
        }
        let text = error.map(String.init(describing:)) ?? "accepted"
        #expect(text.hasPrefix(expected), "got: \(text)")
        #expect(!text.contains { $0.isNewline })
        #expect(!text.contains("hunter2") && !text.contains("271828"))
    }

    @Test func filesThatAreNoText() throws {
        let folder = try TemporaryFolder()
        let latin = try folder.write("latin.yaml", bytes: Array("node: { name: ".utf8) + [0xE4, 0x7D])
        #expect(refusal(file: latin) == "\(latin): expected UTF-8 text, found other bytes")
        let control = try folder.write("control.yaml", "node:\n  name: a\u{1}b\n")
        #expect(refusal(file: control).hasPrefix("\(control):2: expected YAML, found a mistake: "))
        let missing = folder.path + "/missing.yaml"
        #expect(
            refusal(file: missing)
                == "\(missing): expected a readable configuration file, found No such file or directory")
        #expect(refusal(file: folder.path).hasPrefix("\(folder.path): expected a readable configuration file, found "))
        let two = try folder.write("two.yaml", "node: { name: a }\n---\nnode: { name: b }\n")
        #expect(refusal(file: two).hasPrefix("\(two):2: expected YAML, found a mistake: "))
    }

    @Test func manyLevelsOfNestingAreNoCrash() throws {
        let folder = try TemporaryFolder()
        let deep = try folder.write("deep.yaml", String(repeating: "[", count: 50_000))
        #expect(refusal(file: deep).hasPrefix(deep))
    }
}
