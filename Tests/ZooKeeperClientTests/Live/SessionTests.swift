import TestSupport
import Testing

@testable import ZooKeeperClient

@Suite struct SessionTests {
    @Test func theServerHasTheLastWordAboutTheTimeout() async throws {
        let server = try ZooKeeperServer.shared.get()
        let test = try TestClient(server.address, sessionTimeout: 600_000)
        try await test.wait { $0.isConnected }
        guard case .connected(let session, 60_000) = test.client.state else {
            Issue.record("\(test.client.state)")
            return
        }
        #expect(session != 0)
        #expect(await test.run { $0.leaseMilliseconds } > 30_000)
        await test.close()
        #expect(test.states.value == [.connected(sessionID: session, timeoutMilliseconds: 60_000), .closed])
    }

    @Test func pingsKeepAnIdleSession() async throws {
        let test = try await TestClient.onShared(sessionTimeout: 2_000)
        let session = try await test.sessionID()
        try await Task.sleep(for: .seconds(5))
        #expect(test.client.state.sessionID == session)
        #expect(test.states.value.count == 1)
        await test.close()
    }

    @Test func statesStreamFromTheFirstToTheLast() async throws {
        let server = try ZooKeeperServer.shared.get()
        let test = try TestClient(server.address, isStarted: false)
        let stream = test.client.states()
        test.client.start()
        try await test.wait { $0.isConnected }
        await test.close()
        var states: [SessionState] = []
        for await state in stream { states.append(state) }
        #expect(states.first == .connecting)
        #expect(states.count == 3)
        #expect(states.last == .closed)
        for await state in test.client.states() { #expect(state == .closed) }
    }

    @Test func requestsMadeBeforeTheConnectionAreSentWithIt() async throws {
        let server = try ZooKeeperServer.shared.get()
        try await server.waitUntilItServes()
        let test = try TestClient(server.address, chroot: TestClient.root(), isStarted: false)
        async let made: Void = test.client.createPath("/early")
        try await Task.sleep(for: .milliseconds(50))
        test.client.start()
        try await made
        #expect(try await test.client.exists("/early") != nil)
        await test.close()
    }

    @Test func whatWasInFlightFailsWithTheConnectionAndTheSessionGoesOn() async throws {
        let server = try ZooKeeperServer.shared.get()
        let helper = try await TestClient.onShared()
        let proxy = try LinkProxy(to: server.port)
        let test = try TestClient(proxy.address, chroot: helper.client.configuration.chroot, sessionTimeout: 10_000)
        let session = try await test.sessionID()
        try await test.client.create("/e", mode: .ephemeral)
        proxy.freeze()
        let read = Task { try await test.client.getData("/e") }
        try await Task.sleep(for: .milliseconds(100))
        proxy.cut()
        proxy.thaw()
        await #expect(throws: ZooKeeperError(.connectionLoss, path: "/e")) { try await read.value }
        #expect(ZooKeeperError(.connectionLoss).isOutcomeUnknown)
        #expect(try await test.client.exists("/e")?.ephemeralOwner == session)
        #expect(test.client.state.sessionID == session)
        await test.close()
        await helper.close()
    }

    @Test func closingWithoutConnectionStillEndsTheSession() async throws {
        let (helper, proxy, test) = try await nodeBehindProxy()
        proxy.cut(refusing: true)
        try await test.wait { if case .disconnected = $0 { true } else { false } }
        async let closed: Void = test.close()
        try await Task.sleep(for: .milliseconds(100))
        proxy.acceptAgain()
        await closed
        try await expectEnd(of: test, helper)
    }

    @Test func aGoodByeWhoseAnswerIsLostIsSaidAgain() async throws {
        let (helper, proxy, test) = try await nodeBehindProxy()
        await proxy.cutBehindNextRequest()
        await test.close()
        #expect(proxy.connections == 2)
        try await expectEnd(of: test, helper)
    }

    /// A client with an ephemeral node `/e` that reaches the server by a proxy, and another one that sees the same nodes. It has a minute to
    /// close, since a busy machine may need long for what a test does meanwhile.
    private func nodeBehindProxy() async throws -> (helper: TestClient, proxy: LinkProxy, test: TestClient) {
        let helper = try await TestClient.onShared()
        let proxy = try LinkProxy(to: ZooKeeperServer.shared.get().port)
        let test = try TestClient(proxy.address, chroot: helper.client.configuration.chroot, sessionTimeout: 60_000) {
            $0.closeTimeoutMilliseconds = 60_000
        }
        try await test.client.create("/e", mode: .ephemeral)
        return (helper, proxy, test)
    }

    /// The server has ended the session of `test`, not only its client.
    private func expectEnd(of test: TestClient, _ helper: TestClient) async throws {
        #expect(test.states.value.last == .closed)
        try await helper.client.sync("/")
        #expect(try await helper.client.exists("/e") == nil)
        await helper.close()
    }

    @Test func silenceIsAsBadAsACut() async throws {
        let server = try ZooKeeperServer.shared.get()
        try await server.waitUntilItServes()
        let proxy = try LinkProxy(to: server.port)
        let test = try TestClient(proxy.address, sessionTimeout: 1_500)
        let session = try await test.sessionID()
        proxy.freeze()
        let started = ContinuousClock.now
        try await test.wait { $0 == .disconnected(.silence) }
        let passed = ContinuousClock.now - started
        #expect(passed > .milliseconds(600) && passed < .seconds(60))
        // The server has ended the session meanwhile.
        try await eventually { await test.run { $0.leaseMilliseconds } == 0 }
        try await Task.sleep(for: .milliseconds(1_500))
        proxy.cut()
        proxy.thaw()
        try await test.wait { $0.isConnected && $0.sessionID != session }
        #expect(test.states.value.contains(.expired))
        await test.close()
    }

    @Test func anExpiredSessionIsFollowedByANewOne() async throws {
        let server = try ZooKeeperServer.shared.get()
        let test = try await TestClient.onShared()
        let client = test.client
        let session = try await test.sessionID()
        let events = Locked<[WatchEvent]>([])
        try await client.create("/e", mode: .ephemeral)
        _ = try await client.getData("/e", watch: { event in events.change { $0.append(event) } })
        try await test.expire(port: server.port)
        try await test.wait { $0.isConnected && $0.sessionID != session }
        let states = test.states.value
        #expect(states.contains(.expired))
        let expired = try #require(states.firstIndex(of: .expired))
        #expect(states[expired...].prefix(2) == [.expired, .connecting])
        #expect(events.value == [WatchEvent(.lost, path: "/e")])
        #expect(try await client.exists("/e") == nil)
        await test.close()
    }

    @Test func aServerThatCameBackEmptyIsTakenInTheEnd() async throws {
        let server = try ZooKeeperServer()
        try server.start()
        defer { server.end() }
        try await server.waitUntilItServes()
        let test = try TestClient(server.address, sessionTimeout: 1_000)
        for number in 0..<20 { try await test.client.create("/\(number)") }
        let session = try await test.sessionID()
        server.end()
        try server.forgetEverything()
        try server.start()
        try await test.wait { $0.isConnected && $0.sessionID != session }
        #expect(test.states.value.contains(.expired))
        #expect(try await test.client.exists("/0") == nil)
        await test.close()
    }

    @Test func aReadOnlyServerIsNotTaken() async throws {
        // One of an ensemble whose others are not there, allowed to serve reads.
        let lines = (1...3).map { "server.\($0)=127.0.0.1:\(FreePort.take()):\(FreePort.take())" }
        let alone = try ZooKeeperServer(number: 1, ensemble: lines)
        try alone.start()
        defer { alone.end() }
        try await eventually(what: "read-only mode") { alone.role == "read-only" }
        let shared = try ZooKeeperServer.shared.get()
        let test = try TestClient(alone.address)
        try await Task.sleep(for: .seconds(1))
        #expect(test.client.state == .connecting)
        await test.close()
        let both = try TestClient("\(alone.address),\(shared.address)")
        try await both.wait { $0.isConnected }
        #expect(await both.run { $0.server?.port } == shared.port)
        await both.close()
    }
}
