import Foundation
import PluginHost
import Testing
import WireProtocol

@testable import PluginRecording

@Suite struct RecordingTests {
    private let header = RecordingHeader(
        node: "node-1", started: 1_767_614_400.25, loops: 2, generation: 7,
        pipeline: [
            .init(name: "login", version: "1.0.0", settings: .fields(["mode": .text("open")])),
            .init(name: "word_filter", settings: .fields(["words": .list([.text("a\"b"), .integer(3), .number(2), .number(0.5)])])),
        ], redacted: false)

    private var entries: [RecordingEntry] {
        var outcome = RecordedOutcome(.reject)
        outcome.plugin = "mute"
        outcome.code = 7
        outcome.info = "muted\nnow"
        outcome.accepted = "amy"
        outcome.result = [0, 255]
        outcome.failure = "p.lua:1: no"
        outcome.deliveries = [.init(session: 2, uid: "bob", type: "message_request", fields: [.init(.text("content"), .text("hi"))])]
        outcome.notifications = [.init(session: 2, uid: "bob", text: "{\"a\":1}")]
        outcome.closes = [.init(session: 1, uid: "amy", text: "bye")]
        outcome.answers = [
            .init(function: "store.verify", after: 0.05, values: [.bool(true)]),
            .init(
                function: "http", after: 0,
                values: [.fields(["status": .integer(200), "body": .string([0xff])]), .nil, .table([.init(.integer(5), .text("x"))])]),
        ]
        let session = RecordedSession(
            id: "00ff", platform: 3, remote: "192.0.2.1:99", since: 12.5, attributes: [.init(.text("muted"), .bool(true))])
        return [
            RecordingEntry(number: 1, at: 0, loop: 0, session: 1, uid: "amy", device: "phone", event: .open(session, before: true)),
            RecordingEntry(
                number: 2, at: 1.5, loop: 1, session: 1, uid: "amy", device: "phone",
                event: .message(type: "message_request", body: [1, 2, 255]), outcome: outcome),
            RecordingEntry(number: 3, at: 2, loop: 0, session: 1, uid: "amy", event: .close, outcome: RecordedOutcome(.next)),
        ]
    }

    private func text(_ entries: [RecordingEntry]) -> [UInt8] {
        entries.reduce(RecordingWriter.line(header)) { $0 + RecordingWriter.line($1) }
    }

    @Test func whatIsWrittenIsRead() throws {
        let recording = try Recording(text(entries), file: "r")
        #expect(recording.header == header)
        #expect(recording.entries == entries)
    }

    @Test func linesAreInTheOrderOfTheirNumbers() throws {
        #expect(try Recording(text(entries.reversed()), file: "r").entries.map(\.number) == [1, 2, 3])
    }

    @Test func aLineThatWasCutOffIsLeftOut() throws {
        #expect(try Recording(text(entries).dropLast(5), file: "r").entries.count == 2)
    }

    @Test(
        arguments: [
            ("", "r:1: this is no recording of hpush"), ("hello\n", "r:1: this is no recording of hpush"),
            ("{}\n", "r:1: this is no recording of hpush"), ("[1]\n", "r:1: this is no recording of hpush"),
            ("{\"hpush_recording\":9}\n", "r:1: a recording of format 9, this hpush reads format 1"),
            ("{\"hpush_recording\":1}\n{\"n\":1,\n", "r:2: column 8: expected a key"),
            ("{\"hpush_recording\":1}\n{\"at\":1}\n", "r:2: n is missing: a number from 0"),
            ("{\"hpush_recording\":1}\n\n{\"n\":1,\"at\":1}\n", "r:3: a line has one of open, close and type"),
            ("{\"hpush_recording\":1}\n{\"n\":1,\"at\":1,\"type\":\"x\",\"body\":\"*\"}\n", "r:2: body is missing: base64 of a message"),
            (
                "{\"hpush_recording\":1}\n{\"n\":1,\"at\":1,\"close\":true,\"outcome\":{\"verdict\":\"maybe\"}}\n",
                "r:2: outcome: verdict is one of next, stop, reject, close, failed, cancelled"
            ),
        ])
    func faultsNameTheLine(_ text: String, _ message: String) {
        #expect(throws: RecordingError(message)) { try Recording(Array(text.utf8), file: "r") }
    }

    @Test func hugeNumbersAreNoTrap() throws {
        let text = """
            {"hpush_recording":1,"loops":99999999999,"generation":-4}
            {"n":9223372036854775807,"at":999999999,"loop":-7,"session":-1,"type":"x","body":"","outcome":{"verdict":"stop","code":-5}}

            """
        let recording = try Recording(Array(text.utf8), file: "r")
        #expect(recording.header.loops == 256 && recording.entries[0].loop == 0 && recording.entries[0].session == 0)
        #expect(throws: RecordingError.self) { try Recording(Array("{\"hpush_recording\":1}\n{\"n\":1,\"at\":1e300}\n".utf8), file: "r") }
    }

    @Test func deepNestingIsRefused() {
        let text = "{\"hpush_recording\":1,\"pipeline\":" + String(repeating: "[", count: 100_000) + "\n"
        #expect(throws: RecordingError.self) { try Recording(Array(text.utf8), file: "r") }
    }

    // MARK: Redaction

    private func message(_ change: (inout WireMessage) -> Void) throws -> [UInt8] {
        var message = WireMessage()
        change(&message)
        return try message.serializedBytes()
    }

    @Test func passwordsAreNeverWritten() throws {
        let body = try message {
            $0.type = .loginRequest
            $0.loginRequest.uid = "amy"
            $0.loginRequest.token = "secret"
        }
        let hidden = try WireMessage(serializedBytes: Redaction(hidesContents: false).body(body))
        #expect(hidden.loginRequest.token == "xxxxxx" && hidden.loginRequest.uid == "amy")
    }

    @Test func contentsAreHiddenWhereAsked() throws {
        let body = try message {
            $0.type = .messageRequest
            $0.messageRequest.to = "bob"
            $0.messageRequest.content = "žluť"
            $0.messageRequest.json = "{}"
        }
        #expect(Redaction(hidesContents: false).body(body) == body)
        let hidden = try WireMessage(serializedBytes: Redaction(hidesContents: true).body(body)).messageRequest
        #expect(hidden.to == "bob" && hidden.content == "xxxx" && hidden.json == "xx" && hidden.url.isEmpty)
        #expect(Redaction(hidesContents: true).body([0xff]) == [])
    }

    @Test func outcomesAreHiddenToo() {
        var outcome = RecordedOutcome(.stop)
        outcome.deliveries = [
            .init(
                session: 1, uid: "bob", type: "message_request",
                fields: [.init(.text("content"), .text("abc")), .init(.text("to"), .text("bob"))])
        ]
        outcome.notifications = [.init(session: 1, uid: "bob", text: "{\"type\":10,\"data\":{\"text\":\"abc\"}}")]
        outcome.answers = [
            .init(function: "token.issue", after: 0, values: [.text("abc")]),
            .init(function: "store.verify", after: 0, values: [.bool(true)]),
        ]
        let light = Redaction(hidesContents: false).outcome(outcome)
        #expect(light.answers.map(\.values) == [[.text("xxx")], [.bool(true)]] && light.deliveries == outcome.deliveries)
        let hidden = Redaction(hidesContents: true).outcome(outcome)
        #expect(hidden.deliveries[0].fields.map(\.value) == [.text("xxx"), .text("bob")])
        #expect(hidden.notifications[0].text == "{\"type\":10,\"data\":{\"text\":\"xxx\"}}")
    }
}
