import ChatClient
import FakeNode
import Synchronization
import Testing
import WireProtocol

@testable import ChatConsole

@Suite(.timeLimit(.minutes(10))) struct ChatConsoleTests {
    /// Runs a piped console against a node; returns its success and the lines shown.
    private func run(
        _ lines: [String], linger: Duration? = nil, capabilities: ChatCapabilities = .receipts, node: FakeNode
    ) async throws -> (Bool, [String]) {
        var configuration = ChatClientConfiguration()
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(1), jitter: 0, maximumAttempts: 3)
        let client = ChatClient(configuration: configuration)
        try await client.connect(host: "127.0.0.1", port: node.port)
        try await client.login(user: "alice", device: "d", token: "", capabilities: capabilities)
        let shown = Mutex<[String]>([])
        let isOK = await withShown(shown) { show in
            let console = ChatConsole(client: client, options: .init(user: "alice", isInteractive: false, linger: linger), show: show)
            async let following: Void = console.follow()
            let input = AsyncStream { continuation in
                for line in lines { continuation.yield(line) }
                continuation.finish()
            }
            let isOK = await console.run(lines: input)
            await following
            return isOK
        }
        await node.stop()
        return (isOK, shown.withLock { $0 })
    }

    private func withShown(
        _ shown: borrowing Mutex<[String]>, _ body: (@escaping @Sendable (ConsoleLine) -> Void) async -> Bool
    ) async -> Bool {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let isOK = await body { continuation.yield($0.plain) }
        continuation.finish()
        for await line in stream { shown.withLock { $0.append(line) } }
        return isOK
    }

    /// Answers a message as a node does whose sender asked for receipts.
    @Sendable private static func receipt(_ message: WireMessage, code: UInt32 = 0) -> WireMessage {
        .with {
            $0.type = .messageResponse
            $0.sequence = message.sequence
            $0.messageResponse.result = code == 0
            $0.messageResponse.code = code
            $0.messageResponse.msgID = message.messageRequest.msgID
        }
    }

    @Test func sendsEachLineAndLeavesOnceAnswered() async throws {
        let got = Recorder()
        let node = try await FakeNode { connection, message in
            guard message.type == .messageRequest else { return FakeNode.friendly(connection, message) }
            got.append("\(message.messageRequest.to)\(message.messageRequest.group)=\(message.messageRequest.content)")
            return .send([Self.receipt(message)])
        }
        let (isOK, shown) = try await run(["/msg bob one", "two", "/group team three", "four"], node: node)
        #expect(isOK && shown.isEmpty)
        #expect(got.lines == ["bob=one", "bob=two", "team=three", "bob=four"])
    }

    @Test func refusalsAndMistakesFail() async throws {
        let node = try await FakeNode { connection, message in
            message.type == .messageRequest ? .send([Self.receipt(message, code: 6)]) : FakeNode.friendly(connection, message)
        }
        let (isOK, shown) = try await run(["nobody yet", "/msg bob one", "/nope"], node: node)
        #expect(!isOK)
        #expect(
            shown == [
                "nobody to write to yet: begin with /msg USER TEXT", "not delivered to bob: no such user or group (code 6)",
                "unknown command /nope, /help lists all",
            ])
    }

    @Test func aRateLimitSlowsAPipeDownAndLosesNothing() async throws {
        let counter = Counter()
        let got = Recorder()
        let node = try await FakeNode { connection, message in
            guard message.type == .messageRequest else { return FakeNode.friendly(connection, message) }
            guard counter.next() != 2 else { return .send([Self.receipt(message, code: 4)]) }
            got.append(message.messageRequest.content)
            return .send([Self.receipt(message)])
        }
        let (isOK, shown) = try await run(["/msg bob one", "/msg bob two", "/msg bob three"], node: node)
        #expect(isOK && shown.isEmpty)
        #expect(got.lines == ["one", "two", "three"])
    }

    @Test func aLineLostWithTheConnectionIsSentAgain() async throws {
        let got = Recorder()
        let node = try await FakeNode { connection, message in
            guard message.type == .messageRequest else { return FakeNode.friendly(connection, message) }
            if connection == 1 { return .sendAndClose([]) }
            got.append(message.messageRequest.content)
            return .send([Self.receipt(message)])
        }
        let (isOK, shown) = try await run(["/msg bob one", "two"], node: node)
        #expect(isOK)
        #expect(got.lines == ["one", "two"])
        #expect(shown.last == "connected again")
    }

    @Test func whatIsShownIsAcknowledgedAndShownOnce() async throws {
        let acknowledged = Recorder()
        let node = try await FakeNode { connection, message in
            if message.type == .messageAck { acknowledged.append("\(message.ack.serverID)") }
            guard message.type == .messageRequest else { return FakeNode.friendly(connection, message) }
            func incoming(_ text: String, _ number: UInt64) -> WireMessage {
                .with {
                    $0.type = .messageRequest
                    $0.messageRequest.from = "bob"
                    $0.messageRequest.content = text
                    $0.messageRequest.serverID = number
                }
            }
            return .send([incoming("one", 11), incoming("two", 12), incoming("one", 11), incoming("old", 0), Self.receipt(message)])
        }
        let (isOK, shown) = try await run(
            ["/msg bob hi"], linger: .milliseconds(300), capabilities: [.receipts, .acknowledgements], node: node)
        #expect(isOK && shown == ["bob: one", "bob: two", "bob: old"])
        #expect(acknowledged.lines == ["[11]", "[12]", "[11]"])
    }

    @Test func withoutLeaveNothingIsAcknowledged() async throws {
        let acknowledged = Recorder()
        let node = try await FakeNode { connection, message in
            if message.type == .messageAck { acknowledged.append("\(message.ack.serverID)") }
            guard message.type == .messageRequest else { return FakeNode.friendly(connection, message) }
            var echo = message
            echo.messageRequest.serverID = 5
            return .send([echo, Self.receipt(message)])
        }
        _ = try await run(["/msg alice hi"], linger: .milliseconds(200), node: node)
        #expect(acknowledged.lines.isEmpty)
    }

    @Test func historyIsPrinted() async throws {
        let node = try await FakeNode(FakeNode.friendly)
        let (isOK, shown) = try await run(["/history bob"], linger: .zero, node: node)
        #expect(isOK && shown == ["bob: stored"])
    }

    @Test func aSessionEndedByTheNodeFails() async throws {
        let node = try await FakeNode { connection, message in
            guard message.type == .messageRequest else { return FakeNode.friendly(connection, message) }
            return .sendAndClose([
                .with {
                    $0.type = .logoutResponse
                    $0.messageResponse.info = "signed in elsewhere"
                }
            ])
        }
        let (isOK, shown) = try await run(["/msg bob one"], node: node)
        #expect(!isOK && shown == ["the node ended the session: signed in elsewhere"])
    }
}
