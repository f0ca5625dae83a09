import Foundation
import Storage
import Testing

@testable import Node

@Suite struct PushedRulesTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pushed-\(UInt32.random(in: 0 ... .max))").path

    @Test func aRestartBeginsWithWhatWasSaved() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rules = try PushedRules(dataDirectory: folder)
        #expect(rules.directory == nil)
        let digest = try rules.keep(try RulesBundle(files: ["a/init.lua": "return 1"]))
        rules.use(digest)
        #expect(try PushedRules(dataDirectory: folder).digest == nil, "not saved yet")
        try rules.save()
        let again = try PushedRules(dataDirectory: folder)
        #expect(again.digest == digest)
        let path = (again.directory ?? "") + "/a/init.lua"
        #expect(FileManager.default.contents(atPath: path) == Data("return 1".utf8))
        again.use(nil)
        try again.save()
        #expect(try PushedRules(dataDirectory: folder).digest == nil)
    }

    @Test func olderOnesGo() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rules = try PushedRules(dataDirectory: folder)
        for number in 0..<12 {
            rules.use(try rules.keep(try RulesBundle(files: ["a.lua": "\(number)"])))
            try rules.save()
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/pushed").filter { $0 != "current" }
        #expect(left.count == 6)
        #expect(left.contains(rules.digest ?? ""))
    }

    @Test func aPointerToNothingIsTold() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/pushed", withIntermediateDirectories: true)
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: folder + "/pushed/current"))
        #expect(throws: DataDirectoryError.self) { try PushedRules(dataDirectory: folder) }
    }
}
