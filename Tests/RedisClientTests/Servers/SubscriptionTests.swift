import Foundation
import RedisClient
import TestSupport
import Testing

@Suite(.serialized) struct SubscriptionTests {
    @Test(arguments: [3, 2]) func messagesComeAndGo(_ version: Int) async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)?protocol=\(version)")
        let heard = Locked<[RedisMessage]>([])
        let confirmed = Locked(0)
        let (subscription, _) = await fixture.onLoop { client in
            (
                client.subscribe(channel: "news", confirmed: { confirmed.change { $0 += 1 } }) { message in
                    heard.change { $0.append(message) }
                },
                client.subscribe(pattern: "n*", confirmed: { confirmed.change { $0 += 1 } }) { message in
                    heard.change { $0.append(message) }
                }
            )
        }
        try await eventually { confirmed.value == 2 }
        try server.cli("PUBLISH", "news", "one")
        try await eventually { heard.value.count == 2 }
        #expect(Set(heard.value.map(\.pattern)) == [nil, Array("n*".utf8)])
        #expect(heard.value.allSatisfy { $0.channel == Array("news".utf8) && $0.text == "one" })
        // Commands go on beside it.
        #expect(try await fixture.client.command(["PUBLISH", "other", "x"]).int == 0)
        _ = await fixture.onLoop { _ in subscription.cancel() }
        try await eventually { try server.cli("PUBSUB", "NUMSUB", "news").hasSuffix("0") }
        try server.cli("PUBLISH", "news", "two")
        try await eventually { heard.value.count == 3 }
        #expect(heard.value.last?.pattern != nil)
        await fixture.end()
    }

    @Test(arguments: [3, 2]) func subscriptionsAreMadeAgain(_ version: Int) async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)?protocol=\(version)")
        let heard = Locked<[String]>([])
        let confirmed = Locked(0)
        _ = await fixture.onLoop { client in
            client.subscribe(channel: "news", confirmed: { confirmed.change { $0 += 1 } }) { message in
                heard.change { $0.append(message.text) }
            }
        }
        try await eventually { confirmed.value == 1 }
        server.kill()
        try server.start()
        try await eventually { confirmed.value == 2 }
        try server.cli("PUBLISH", "news", "again")
        try await eventually { heard.value == ["again"] }
        await fixture.end()
    }

    @Test func aFrozenServersSubscriptionsAreMadeAgain() async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)") {
            $0.pingInterval = 200
            $0.commandTimeout = 300
        }
        let confirmed = Locked(0)
        _ = await fixture.onLoop { client in client.subscribe(channel: "news", confirmed: { confirmed.change { $0 += 1 } }) { _ in } }
        try await eventually { confirmed.value == 1 }
        // Pings are answered while it lives.
        try await Task.sleep(for: .milliseconds(800))
        #expect(confirmed.value == 1)
        server.freeze()
        // The other connection is left for the same reason, at about the same time.
        try await eventually { await fixture.onLoop { $0.counters.disconnects } > 0 }
        try await Task.sleep(for: .milliseconds(500))
        server.thaw()
        try await eventually { confirmed.value == 2 }
        await fixture.end()
    }

    @Test func aStreamOfMessagesEndsWithTheClient() async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)")
        let stream = fixture.client.messages(channel: "news")
        let reader = Task { await stream.reduce(into: [String]()) { $0.append($1.text) } }
        try await eventually { try server.cli("PUBSUB", "NUMSUB", "news").hasSuffix("1") }
        for text in ["a", "b"] { try server.cli("PUBLISH", "news", text) }
        try await eventually { await fixture.onLoop { $0.counters.messages } == 2 }
        await fixture.client.close()
        #expect(await reader.value == ["a", "b"])
        await fixture.end()
    }

    @Test func aStreamThatIsLeftUnsubscribes() async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)")
        let reader = Task {
            for await _ in fixture.client.messages(channel: "news") { break }
        }
        try await eventually { try server.cli("PUBSUB", "NUMSUB", "news").hasSuffix("1") }
        try server.cli("PUBLISH", "news", "x")
        await reader.value
        try await eventually { try server.cli("PUBSUB", "NUMSUB", "news").hasSuffix("0") }
        await fixture.end()
    }
}
