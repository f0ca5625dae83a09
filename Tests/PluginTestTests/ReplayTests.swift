import Foundation
import PluginHost
import PluginRecording
import Testing
import WireProtocol

@testable import PluginTest

@Suite struct ReplayTests {
    /// Sessions 1 amy and 2 bob were there; then what `entries` says.
    private func replay(
        _ plugin: String, _ entries: [RecordingEntry], redacted: Bool = false, loops: Int = 1
    ) throws -> (summary: ReplaySummary, differences: [String]) {
        let header = RecordingHeader(node: "n9", started: 1_767_614_400, loops: loops, generation: 3, pipeline: [], redacted: redacted)
        let before = [(1, "amy"), (2, "bob")].map { number, uid in
            RecordingEntry(
                number: UInt64(number), at: 0, loop: 0, session: UInt64(number), uid: uid, device: "phone",
                event: .open(
                    RecordedSession(
                        id: "id-\(uid)", platform: 1, remote: "192.0.2.1:5", since: 1_767_614_000,
                        attributes: [.init(.text("seen"), .integer(4))]), before: true))
        }
        let bundles = [
            PluginBundle(name: "p", mainPath: "p.lua", main: Array(plugin.utf8)),
            try PluginBundle(named: "chat_redirect", in: Workshop.plugins),
        ]
        let setup = NodeSetup(
            pipeline: [.init(name: "p"), .init(name: "chat_redirect")], bundles: bundles, directory: Workshop.plugins)
        var differences: [String] = []
        let replayer = try Replayer(Recording(header: header, entries: before + entries), against: setup) { differences.append("\($0)") }
        return (try replayer.run(), differences)
    }

    private func message(
        _ number: UInt64, at: Double = 1, to: String = "bob", _ content: String, _ outcome: RecordedOutcome? = nil
    ) throws -> RecordingEntry {
        var message = WireMessage()
        message.type = .messageRequest
        message.messageRequest.to = to
        message.messageRequest.content = content
        return RecordingEntry(
            number: number, at: at, loop: 0, session: 1, uid: "amy",
            event: .message(type: "message_request", body: try message.serializedBytes()),
            outcome: outcome)
    }

    /// The message went to bob as it came.
    private var delivered: RecordedOutcome {
        var outcome = RecordedOutcome(.stop)
        outcome.plugin = "chat_redirect"
        outcome.deliveries = [.init(session: 2, uid: "bob", type: "message_request", fields: [])]
        return outcome
    }

    private static let nothing = "return { api = 1 }"

    @Test func theSameRulesDoTheSame() throws {
        let result = try replay(Self.nothing, [message(3, "hi", delivered), message(4, "again", delivered)])
        #expect(result.differences == [])
        #expect(result.summary == ReplaySummary(compared: 2))
    }

    @Test func otherRulesAreToldApart() throws {
        let plugin = """
            return { api = 1, inbound = { message_request = function(ctx, msg)
              if msg.content == "bad" then return hpush.reject { code = 7, info = "no" } end
              if msg.content == "mask" then msg.content = "****" end
              if msg.content == "fail" then error("x") end
              if msg.content == "kick" then ctx.session:close("bye") ctx.session:notify { a = 1 } end
            end } }
            """
        let texts = ["hi", "bad", "mask", "fail", "kick", "hi"]
        let result = try replay(plugin, texts.enumerated().map { try message(UInt64($0.offset + 3), $0.element, delivered) })
        #expect(
            result.differences == [
                "#4 amy message_request: verdict: was stop by chat_redirect, now reject 7 \"no\" by p",
                "#4 amy message_request: delivery to bob: was message_request as it came, now none",
                "#5 amy message_request: delivery to bob: was message_request as it came, now message_request content=\"****\"",
                "#6 amy message_request: verdict: was stop by chat_redirect, now failed by p (plugin p: p.lua:4: x)",
                "#6 amy message_request: delivery to bob: was message_request as it came, now none",
                "#7 amy message_request: notification to amy: was none, now {\"a\":1}",
                "#7 amy message_request: close of amy: was none, now \"bye\"",
            ])
        #expect(result.summary.compared == 6 && result.summary.differing == 4)
    }

    @Test func timeSessionsAndAnswersAreThoseOfTheRecording() throws {
        let plugin = """
            return { api = 1, needs = { "sessions", "store", "http" }, inbound = { message_request = function(ctx, msg)
              local s = ctx.session
              local answer = hpush.http { url = "http://x" }
              msg.content = ("%d %s %s %d %d %s %s %s"):format(os.time(), s.id, s.node, s.since, s:get("seen"), s.remote,
                answer and answer.status, hpush.store.verify("amy", "x"))
            end } }
            """
        var outcome = delivered
        outcome.deliveries[0].fields = [
            .init(.text("content"), .text("1767614407 id-amy n9 1767614000 4 192.0.2.1:5 201 true"))
        ]
        outcome.answers = [
            .init(function: "http", after: 2, values: [.fields(["status": .integer(201)])]),
            .init(function: "store.verify", after: 0, values: [.bool(true)]),
        ]
        let result = try replay(plugin, [message(3, at: 5.25, "x", outcome)])
        #expect(result.differences == [])
        let without = try replay(plugin, [message(3, "x", delivered)])
        #expect(without.summary.unanswered == ["http": 1, "store.verify": 1] && without.summary.differing == 1)
    }

    @Test func handlersThatWaitAreFollowedInOrder() throws {
        let plugin = """
            return { api = 1, inbound = { message_request = function(ctx, msg) if msg.content == "wait" then hpush.sleep(2) end end } }
            """
        let result = try replay(plugin, [message(3, at: 1, "wait", delivered), message(4, at: 1.5, "hi", delivered)])
        #expect(result.differences == [] && result.summary.compared == 2)
        var cancelled = RecordedOutcome(.cancelled)
        cancelled.plugin = ""
        let close = RecordingEntry(number: 5, at: 2, loop: 0, session: 1, uid: "amy", event: .close)
        #expect(try replay(plugin, [message(3, at: 1, "wait", cancelled), close]).differences == [])
        #expect(
            try replay(plugin, [message(3, at: 1, "wait", delivered), close]).differences == [
                "#3 amy message_request: verdict: was stop by chat_redirect, now cancelled",
                "#3 amy message_request: delivery to bob: was message_request as it came, now none",
            ])
    }

    @Test func loginsAndEventsOfSessions() throws {
        let plugin = """
            return { api = 1, inbound = { login_request = function(ctx, msg) if msg.uid ~= "eve" then ctx:accept { uid = msg.uid } end end },
              events = { session_open = function(ctx) ctx.session:notify { hello = ctx.uid } end, session_close = function() end } }
            """
        func login(_ number: UInt64, _ uid: String) throws -> RecordingEntry {
            var message = WireMessage()
            message.type = .loginRequest
            message.loginRequest.uid = uid
            var outcome = RecordedOutcome(.next)
            outcome.accepted = uid
            return RecordingEntry(
                number: number, at: 1, loop: 0, session: 0, uid: uid,
                event: .message(type: "login_request", body: try message.serializedBytes()),
                outcome: outcome)
        }
        var opened = RecordedOutcome(.next)
        opened.notifications = [.init(session: 9, uid: "cat", text: "{\"hello\":\"cat\"}")]
        let session = RecordedSession(id: "", platform: 0, remote: "", since: 0)
        let result = try replay(
            plugin,
            [
                login(3, "cat"),
                RecordingEntry(number: 4, at: 1, loop: 0, session: 9, uid: "cat", event: .open(session, before: false), outcome: opened),
                RecordingEntry(number: 5, at: 2, loop: 0, session: 9, uid: "cat", event: .close), login(6, "eve"),
                RecordingEntry(number: 7, at: 3, loop: 0, session: 10, uid: "dan", event: .open(session, before: false)),
            ])
        #expect(
            result.differences == [
                "#6 eve login_request: accepted login: was eve, now nobody",
                "#7 dan session_open: notification to dan: was none, now {\"hello\":\"dan\"}",
            ])
        #expect(result.summary.compared == 5)
    }

    @Test func aRedactedRecordingIsComparedRedacted() throws {
        let plugin = "return { api = 1, inbound = { message_request = function(ctx, msg) msg.content = 'masked' end } }"
        var outcome = delivered
        outcome.deliveries[0].fields = [.init(.text("content"), .text("xxxxxx"))]
        #expect(try replay(plugin, [message(3, "xx", outcome)], redacted: true).differences == [])
    }

    @Test func linesWithoutAnOutcomeAreSkipped() throws {
        #expect(try replay(Self.nothing, [message(3, "hi")]).summary == ReplaySummary(skipped: 1))
    }
}
