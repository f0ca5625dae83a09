import FakeNode
import Testing
import WireProtocol

@testable import ChatClient

@Suite(.timeLimit(.minutes(10))) struct ChatClientTests {
    private func configuration(retries: Int? = 3) -> ChatClientConfiguration {
        var configuration = ChatClientConfiguration()
        configuration.answerTimeout = .seconds(20)
        configuration.reconnect = ReconnectPolicy(initialDelay: .milliseconds(1), jitter: 0, maximumAttempts: retries)
        return configuration
    }

    private func loggedIn(_ node: FakeNode, _ configuration: ChatClientConfiguration) async throws -> ChatClient {
        let client = ChatClient(configuration: configuration)
        try await client.connect(host: "127.0.0.1", port: node.port)
        try await client.login(user: "alice", device: "d", token: "t", capabilities: .receipts)
        return client
    }

    @Test func logsInSendsReceivesAndLogsOut() async throws {
        let node = try await FakeNode(FakeNode.friendly)
        let client = try await loggedIn(node, configuration())
        #expect(await client.session == ChatSession(id: "session-1", capabilities: .receipts))
        for number in 0..<1000 { try await client.send(to: "alice", text: "\(number)") }
        var texts: [String] = []
        for await event in client.events {
            if case .message(let message) = event { texts.append(message.text) }
            if texts.count == 1000 { break }
        }
        #expect(texts == (0..<1000).map(String.init))
        #expect(try await client.history(of: "bob").messages.map(\.text) == ["stored"])
        await client.logout()
        var last: ChatEvent?
        for await event in client.events { last = event }
        #expect(last == .disconnected(.loggedOut, retryAfter: nil))
        await node.stop()
    }

    @Test func aRefusalIsTyped() async throws {
        let node = try await FakeNode { _, message in
            var answer = WireMessage()
            answer.type = .loginResponse
            answer.sequence = message.sequence
            answer.loginResponse.code = 1
            answer.loginResponse.info = "wrong password"
            return .sendAndClose([answer])
        }
        await #expect(throws: ChatClientError.loginRefused(code: 1, info: "wrong password")) {
            _ = try await loggedIn(node, configuration())
        }
        await node.stop()
    }

    @Test func nobodyListening() async throws {
        // Port 1 is below the range that tests bind, so nobody takes it in between.
        let client = ChatClient(configuration: configuration())
        let expected = ChatClientError(.unreachable, info: "cannot connect to 127.0.0.1:1: connection refused")
        await #expect(throws: expected) { try await client.connect(host: "127.0.0.1", port: 1) }
    }

    @Test func callsThatDoNotFitTheStateThrow() async throws {
        let client = ChatClient()
        await #expect(throws: ChatClientError.self) { try await client.send(to: "bob", text: "x") }
        await #expect(throws: ChatClientError.self) { try await client.login(user: "a", device: "d", token: "") }
        await client.logout()
        for await event in client.events { Issue.record("unexpected \(event)") }
    }

    @Test func aLostConnectionIsReplaced() async throws {
        // The first connection is dropped at its first message.
        let node = try await FakeNode { connection, message in
            connection == 1 && message.type == .messageRequest ? .sendAndClose([]) : FakeNode.friendly(connection, message)
        }
        let client = try await loggedIn(node, configuration())
        try await client.send(to: "alice", text: "dropped")
        var story: [String] = []
        for await event in client.events {
            switch event {
            case .online(let session):
                story.append(session.id)
                if session.id == "session-2" { try await client.send(to: "alice", text: "again") }
            case .disconnected(let reason, let delay): story.append(delay == nil ? "over" : "\(reason)")
            case .message(let message):
                story.append(message.text)
                await client.logout()
            default: break
            }
        }
        #expect(story == ["session-1", "the node closed the connection", "session-2", "again", "over"])
        await node.stop()
    }

    @Test func aRefusalAtTheReconnectIsTheEnd() async throws {
        let node = try await FakeNode { connection, message in
            guard message.type == .loginRequest, connection > 1 else {
                return message.type == .messageRequest ? .sendAndClose([]) : FakeNode.friendly(connection, message)
            }
            var answer = WireMessage()
            answer.type = .loginResponse
            answer.sequence = message.sequence
            answer.loginResponse.code = 1
            return .sendAndClose([answer])
        }
        let client = try await loggedIn(node, configuration())
        try await client.send(to: "bob", text: "drop me")
        var last: ChatEvent?
        for await event in client.events { last = event }
        #expect(last == .disconnected(.loginRefused(code: 1, info: ""), retryAfter: nil))
        await node.stop()
    }

    @Test func givesUpAfterTheLastAttempt() async throws {
        let node = try await FakeNode { connection, message in
            connection > 1 || message.type == .messageRequest ? .sendAndClose([]) : FakeNode.friendly(connection, message)
        }
        let client = try await loggedIn(node, configuration(retries: 2))
        try await client.send(to: "bob", text: "drop me")
        var delays: [Duration?] = []
        for await event in client.events {
            if case .disconnected(_, let delay) = event { delays.append(delay) }
        }
        #expect(delays == [.milliseconds(1), .milliseconds(2), nil])
        await node.stop()
    }

    @Test func aSilentNodeIsLeft() async throws {
        let node = try await FakeNode { connection, message in
            message.type == .heartBeat ? .send([]) : FakeNode.friendly(connection, message)
        }
        var configuration = configuration()
        // Long enough for a login on a busy machine: a connection without an answer for some intervals counts as silent.
        configuration.heartbeatInterval = .seconds(5)
        configuration.reconnect = nil
        let client = try await loggedIn(node, configuration)
        var last: ChatEvent?
        for await event in client.events { last = event }
        #expect(last == .disconnected(.silent, retryAfter: nil))
        await node.stop()
    }

    @Test func aSlowConsumerStopsTheReadingAndLosesNothing() async throws {
        // One message is answered by 5,000.
        let node = try await FakeNode { connection, message in
            guard message.type == .messageRequest else { return FakeNode.friendly(connection, message) }
            return .send(
                (0..<5_000).map { number in
                    var copy = message
                    copy.messageRequest.msgID = UInt64(number)
                    copy.messageRequest.content = String(repeating: "x", count: 500)
                    return copy
                })
        }
        var configuration = configuration()
        configuration.maximumWaitingEvents = 16
        let client = try await loggedIn(node, configuration)
        try await client.send(to: "alice", text: "go")
        var next: UInt64 = 0
        for await event in client.events {
            guard case .message(let message) = event else { continue }
            #expect(message.messageID == next)
            next += 1
            if next == 5_000 { break }
        }
        await client.logout()
        await node.stop()
    }
}
