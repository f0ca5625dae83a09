import Foundation
import Testing

@testable import Node

@Suite struct RulesBundleTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bundle-\(UInt32.random(in: 0 ... .max))")

    private func write(_ path: String, _ text: String) throws {
        let place = folder.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
    }

    @Test func readsWhatRunsAndNotItsTests() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("login/init.lua", "return {}")
        try write("login/init_test.lua", "x")
        try write("words.txt", "bad\n")
        try write("hpush.d.lua", "types")
        try write("login/README.md", "text")
        try write(".git/config", "x")
        let bundle = try RulesBundle(folder: folder.path)
        #expect(bundle.files == ["login/init.lua": "return {}", "words.txt": "bad\n"])
        let again = try RulesBundle(encoded: bundle.encoded(), digest: bundle.digest)
        #expect(again == bundle)
    }

    @Test func otherFilesHaveAnotherName() throws {
        let one = try RulesBundle(files: ["a.lua": "1", "b.lua": "2"])
        #expect(try RulesBundle(files: ["b.lua": "2", "a.lua": "1"]).digest == one.digest)
        for files in [["a.lua": "1"], ["a.lua": "1", "b.lua": "3"], ["a.lua": "1", "c.lua": "2"], ["a.lu": "a1", "b.lua": "2"]] {
            #expect(try RulesBundle(files: files).digest != one.digest)
        }
        #expect(RulesBundle.isDigest(one.digest))
        #expect(throws: RulesBundle.Failure.self) { try RulesBundle(encoded: one.encoded(), digest: String(repeating: "0", count: 64)) }
    }

    @Test(arguments: ["../x.lua", "/etc/passwd", "a//b.lua", ".hidden", "a/../b.lua", "a/.x.lua", "", "a\u{0}.lua"])
    func pathsStayInTheFolder(path: String) {
        #expect(throws: RulesBundle.Failure.self) { try RulesBundle(files: ["ok.lua": "", path: ""]) }
    }

    @Test func tooMuchIsRefused() {
        #expect(throws: RulesBundle.Failure.self) { try RulesBundle(files: [:]) }
        #expect(throws: RulesBundle.Failure.self) {
            try RulesBundle(files: ["a.lua": String(repeating: "x", count: RulesBundle.mostBytes + 1)])
        }
        #expect(throws: RulesBundle.Failure.self) { try RulesBundle(folder: "/no/such/folder") }
    }
}
