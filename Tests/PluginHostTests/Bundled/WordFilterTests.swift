import CPluginBridge
import Foundation
import PluginHost
import Testing
import WireProtocol

@Suite struct WordFilterTests {
    private func bench(_ words: [String], action: String = "mask", file: String? = nil) throws -> PluginBench {
        var settings: [LuaValue.Entry] = [.init(.text("words"), .list(words.map { .text($0) })), .init(.text("action"), .text(action))]
        if let file { settings.append(.init(.text("words_file"), .text(file))) }
        return try PluginBench(bundled: [("word_filter", .table(settings))])
    }

    @Test(arguments: [
        ("all is well", "all is well"), ("a BAD word, bad!", "a *** word, ***!"), ("badbad", "******"), ("badly", "*****"), ("ba", "ba"),
        ("", ""),
        ("这是坏人说的坏话", "这是**说的**"), ("坏", "坏"), ("ÄRGER ärger", "ÄRGER *****"), ("😀bad😀", "😀***😀"), ("50%-off!", "*******!"),
        ("a]b^c", "***^c"),
        ("xbadx 坏人坏话bad", "x***x *******"), ("badlands", "***lands"), ("[x]", "***"),
    ]) func masks(_ content: String, _ expected: String) throws {
        let bench = try bench(["bad", "badly", "BADLANDER", "坏人", "坏话", "ärger", "50%-off", "a]b", "[x]"])
        let outcome = try bench.inbound(chat(content))
        #expect(outcome.message?.messageRequest.content == expected)
        #expect((outcome.frame == (try Frame.encode(chat(content)))) == (content == expected))
    }

    @Test func rejects() throws {
        let bench = try bench(["bad"], action: "reject")
        #expect(try bench.inbound(chat("so Bad")).code == 7)
        #expect(try bench.inbound(chat("so good")).verdict == HP_NEXT)
    }

    @Test func noWords() throws {
        #expect(try bench([]).inbound(chat("bad")).verdict == HP_NEXT)
    }

    @Test func aFileOfWords() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "words-\(UUID().uuidString).txt")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("\u{feff}# no comment\r\nworse\r\n\n  spaced out  \n坏人".utf8).write(to: file)
        let bench = try bench(["bad"], file: file.path)
        #expect(
            try bench.inbound(chat("bad worse Spaced Out 坏人 # no comment")).message?.messageRequest.content
                == "*** ***** ********** ** # no comment")
        try Data([0x61, 0x0a, 0xff, 0x0a]).write(to: file)
        #expect(
            #expect(throws: PluginFailure.self) { try self.bench([], file: file.path) }?.reason.contains("words_file, line 2 is not UTF-8")
                == true)
    }

    @Test func mistakes() throws {
        #expect(#expect(throws: PluginFailure.self) { try self.bench([""]) }?.reason == "words[1] is empty")
        let settings = LuaValue.fields(["words": .list([.text("a"), .integer(5)])])
        #expect(
            #expect(throws: PluginFailure.self) { try PluginBench(bundled: [("word_filter", settings)]) }?.reason
                == "words[2] is a number, expected a word")
        #expect(
            #expect(throws: PluginFailure.self) { try self.bench([], file: "none.txt") }?.reason.contains(
                "setting 'words_file': there is no file") == true)
    }

    @Test func manyWordsAndALongText() throws {
        let bench = try bench((0..<5000).map { "word\($0)" })
        let text = String(repeating: "a long text with word in it ", count: 1000)
        #expect(try bench.inbound(chat(text + "Word4999")).message?.messageRequest.content == text + "********")
    }
}
