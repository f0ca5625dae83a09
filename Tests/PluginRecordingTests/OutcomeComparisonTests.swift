import PluginHost
import Testing
import WireProtocol

@testable import PluginRecording

@Suite struct OutcomeComparisonTests {
    private func outcome(_ verdict: RecordedOutcome.Verdict = .stop, _ change: (inout RecordedOutcome) -> Void = { _ in })
        -> RecordedOutcome
    {
        var outcome = RecordedOutcome(verdict)
        change(&outcome)
        return outcome
    }

    private func differences(_ was: RecordedOutcome, _ now: RecordedOutcome) -> [String] {
        OutcomeComparison.differences(was: was, now: now).map(\.description)
    }

    private func delivery(_ session: UInt64, _ uid: String, _ content: String? = nil) -> RecordedOutcome.Delivery {
        .init(
            session: session, uid: uid, type: "message_request", fields: content.map { [.init(.text("content"), .text($0))] } ?? [])
    }

    @Test func theSameIsNoDifference() {
        let one = outcome {
            $0.plugin = "a"
            $0.deliveries = [delivery(1, "bob"), delivery(2, "cat")]
            $0.notifications = [.init(session: 1, uid: "bob", text: "{\"a\":1,\"b\":[2.0]}")]
        }
        let other = outcome {
            $0.plugin = "b"
            $0.deliveries = [delivery(2, "cat"), delivery(1, "bob")]
            $0.notifications = [.init(session: 1, uid: "bob", text: "{ \"b\": [2], \"a\": 1 }")]
        }
        #expect(differences(one, other) == [])
        #expect(differences(outcome(.failed) { $0.failure = "p:1: x" }, outcome(.failed) { $0.failure = "p:2: x" }) == [])
    }

    @Test func verdicts() {
        let rejected = outcome(.reject) {
            $0.plugin = "mute"
            $0.code = 7
            $0.info = "muted"
        }
        #expect(
            differences(outcome { $0.plugin = "chat_redirect" }, rejected) == [
                "verdict: was stop by chat_redirect, now reject 7 \"muted\" by mute"
            ])
        var other = rejected
        other.code = 4
        #expect(differences(rejected, other) == ["verdict: was reject 7 \"muted\" by mute, now reject 4 \"muted\" by mute"])
        #expect(differences(outcome(.next) { $0.accepted = "amy" }, outcome(.next)) == ["accepted login: was amy, now nobody"])
        #expect(differences(outcome { $0.result = [97] }, outcome { $0.result = [255] }) == ["answer of the route: was \"a\", now 1 bytes"])
    }

    @Test func whoGotWhat() {
        let was = outcome {
            $0.deliveries = [delivery(1, "bob"), delivery(1, "bob", "two"), delivery(2, "cat")]
            $0.closes = [.init(session: 3, uid: "dan", text: "bye")]
        }
        let now = outcome {
            $0.deliveries = [delivery(1, "bob", "****"), delivery(1, "bob", "two"), delivery(4, "eve")]
            $0.notifications = [.init(session: 1, uid: "bob", text: "{}")]
        }
        #expect(
            differences(was, now) == [
                "delivery to bob: was message_request as it came, now message_request content=\"****\"",
                "delivery to cat: was message_request as it came, now none", "delivery to eve: was none, now message_request as it came",
                "notification to bob: was none, now {}", "close of dan: was \"bye\", now none",
            ])
    }

    @Test func deliveriesAreWhatDiffersFromTheMessage() throws {
        var message = WireMessage()
        message.type = .messageRequest
        message.messageRequest.to = "bob"
        message.messageRequest.content = "hi"
        let input = try Frame.encode(message)
        var outcome = RecordedOutcome()
        outcome.add(input, to: 1, uid: "bob", input: input)
        message.messageRequest.content = ""
        message.messageRequest.from = "amy"
        outcome.add(try Frame.encode(message), to: 1, uid: "bob", input: input)
        var other = WireMessage()
        other.type = .customResponse
        other.custom.route = "r"
        outcome.add(try Frame.encode(other), to: 1, uid: "bob", input: input)
        #expect(
            outcome.deliveries.map(\.fields) == [
                [], [.init(.text("from"), .text("amy")), .init(.text("content"), .text(""))], [.init(.text("route"), .text("r"))],
            ])
        var notice = WireMessage()
        notice.type = .messageNotification
        notice.notification.json = "{}"
        notice.notification.noID = 5
        outcome.add(try Frame.encode(notice), to: 2, uid: "cat", input: input)
        #expect(outcome.notifications == [.init(session: 2, uid: "cat", text: "{}")])
    }
}
