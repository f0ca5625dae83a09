import TestSupport
import Testing

@testable import ZooKeeperClient

/// Three servers, of which some die.
@Suite(.serialized) struct EnsembleTests {
    @Test func theSessionMovesWhenItsServerDiesAndWhenTheLeaderDies() async throws {
        let ensemble = try ZooKeeperEnsemble()
        defer { ensemble.end() }
        try await ensemble.waitUntilItServes()
        let test = try TestClient(ensemble.connectString, chroot: "/moves", sessionTimeout: 60_000)
        let client = test.client
        try await client.createPath("/")
        try await client.create("/e", mode: .ephemeral)
        let session = try await test.sessionID()
        let events = Locked<[WatchEvent]>([])
        try await client.addWatch("/", mode: .persistentRecursive, handler: { event in events.change { $0.append(event) } })

        // The server in use.
        let used = try #require(await test.run { $0.server?.port })
        let first = try #require(ensemble.servers.first { $0.port == used })
        first.end()
        try await eventually(what: "another server") {
            let now = await test.run { $0.server?.port }
            return now != used && test.client.state.isConnected
        }
        try await eventually(what: "the session's node") { (try? await client.exists("/e"))??.ephemeralOwner == session }
        #expect(test.client.state.sessionID == session)

        // Then the leader, after the first is back to make a majority.
        try first.start()
        try await ensemble.waitUntilItServes()
        let leader = try await ensemble.waitForLeader()
        leader.end()
        try await eventually(what: "writes without the old leader") {
            (try? await client.setData("/e", data: [1], timeoutMilliseconds: 2_000)) != nil
        }
        #expect(test.client.state.sessionID == session)
        #expect(try await client.exists("/e")?.ephemeralOwner == session)
        #expect(!test.states.value.contains(.expired))
        try await client.create("/seen")
        try await eventually(what: "the watch on the last server") { events.value.contains(WatchEvent(.created, path: "/seen")) }
        await test.close()
    }

    /// A server that stands still says nothing, and holds its connections: only its silence tells.
    @Test func aFrozenServerIsLeftInTime() async throws {
        let ensemble = try ZooKeeperEnsemble()
        defer { ensemble.end() }
        try await ensemble.waitUntilItServes()
        let test = try TestClient(ensemble.connectString, sessionTimeout: 15_000)
        try await test.client.create("/e", mode: .ephemeral)
        let session = try await test.sessionID()
        let used = try #require(await test.run { $0.server?.port })
        let server = try #require(ensemble.servers.first { $0.port == used })
        server.freeze()
        try await eventually(what: "another server") {
            let now = await test.run { $0.server?.port }
            return now != used && test.client.state.isConnected
        }
        #expect(test.states.value.contains(.disconnected(.silence)))
        #expect(test.client.state.sessionID == session)
        #expect(try await test.client.exists("/e", timeoutMilliseconds: 60_000)?.ephemeralOwner == session)
        server.thaw()
        await test.close()
    }

    /// Everything away and back: the session waits, what was asked waits no longer than its time.
    @Test func allAwayAndBack() async throws {
        let ensemble = try ZooKeeperEnsemble()
        defer { ensemble.end() }
        try await ensemble.waitUntilItServes()
        let test = try TestClient(ensemble.connectString, sessionTimeout: 60_000)
        try await test.client.create("/e", mode: .ephemeral)
        let session = try await test.sessionID()
        for server in ensemble.servers { server.end() }
        try await test.wait { if case .disconnected = $0 { true } else { false } }
        let started = ContinuousClock.now
        await #expect(throws: ZooKeeperError(.requestTimeout, path: "/e")) {
            try await test.client.exists("/e", timeoutMilliseconds: 500)
        }
        #expect(ContinuousClock.now - started < .seconds(20))
        async let patient = test.client.exists("/e", timeoutMilliseconds: 120_000)
        for server in ensemble.servers { try server.start() }
        #expect(try await patient?.ephemeralOwner == session)
        #expect(test.client.state.sessionID == session)
        await test.close()
    }
}
