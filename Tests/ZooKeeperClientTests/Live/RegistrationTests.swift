import TestSupport
import Testing

@testable import ZooKeeperClient

@Suite struct RegistrationTests {
    private let events = Locked<[NodeRegistration.Event]>([])

    private func register(_ test: TestClient, _ data: [UInt8] = [1]) -> NodeRegistration {
        let registration = NodeRegistration(
            client: test.client, parent: "/im/nodes", prefix: "seq-", data: data, updateIntervalMilliseconds: 200
        ) { [events] event in events.change { $0.append(event) } }
        registration.start()
        return registration
    }

    @Test func makesItsParentAndItsNode() async throws {
        let test = try await TestClient.onShared()
        let registration = register(test)
        try await eventually { registration.current != nil }
        let current = try #require(registration.current)
        #expect(current.path == "/im/nodes/seq-0000000000")
        #expect(current.number == 0)
        #expect(events.value == [.registered(current)])
        #expect(try await test.client.getData(current.path).data == [1])
        await registration.stop()
        #expect(registration.current == nil)
        #expect(try await test.client.getChildren("/im/nodes").names == [])
        await test.close()
    }

    @Test func changesAreWrittenTogetherAndTheLastOneStays() async throws {
        let test = try await TestClient.onShared()
        let registration = register(test)
        try await eventually { registration.current != nil }
        let path = try #require(registration.current?.path)
        let started = ContinuousClock.now
        for number in 2...200 {
            registration.update([UInt8(number)])
            if number % 10 == 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
        try await eventually { try await test.client.getData(path).data == [200] }
        let writes = try await test.client.getData(path).stat.version
        let intervals = (ContinuousClock.now - started) / .milliseconds(200)
        #expect(writes >= 2 && Double(writes) <= intervals + 2)
        await registration.stop()
        await test.close()
    }

    @Test func registersAnewAfterExpiryWithTheLastData() async throws {
        let test = try await TestClient.onShared()
        let registration = register(test)
        try await eventually { registration.current != nil }
        let first = try #require(registration.current)
        registration.update([7])
        try await test.expire(port: ZooKeeperServer.shared.get().port)
        try await eventually { (registration.current?.number ?? 0) > first.number }
        let second = try #require(registration.current)
        #expect(second.sessionID != first.sessionID)
        #expect(events.value == [.registered(first), .lost(first), .registered(second)])
        #expect(try await test.client.getChildren("/im/nodes").names == [second.name])
        #expect(try await test.client.getData(second.path).data == [7])
        await registration.stop()
        await test.close()
    }

    @Test func registersAnewWhenSomebodyDeletesTheNode() async throws {
        let test = try await TestClient.onShared()
        let registration = register(test)
        try await eventually { registration.current != nil }
        let first = try #require(registration.current)
        // A change of its own data must not hide the deletion.
        registration.update([9])
        try await eventually { try await test.client.getData(first.path).data == [9] }
        try await test.client.delete(first.path)
        try await eventually { registration.current != nil && registration.current != first }
        #expect(try await test.client.getChildren("/im/nodes").names.count == 1)
        await registration.stop()
        await test.close()
    }

    /// The connection breaks while the node is being made, again and again: there is never a second node, and none is lost.
    @Test func leavesNoGhostWhenTheConnectionBreaksInBetween() async throws {
        let server = try ZooKeeperServer.shared.get()
        let helper = try await TestClient.onShared()
        try await helper.client.createPath("/im/nodes")
        for round in 0..<12 {
            let proxy = try LinkProxy(to: server.port)
            let test = try TestClient(proxy.address, chroot: helper.client.configuration.chroot, sessionTimeout: 10_000)
            _ = try await test.sessionID()
            let registration = register(test)
            // The create is on its way, its answer may be.
            if round % 2 == 0 { await proxy.cutBehindNextRequest() } else { proxy.cut() }
            try await eventually { registration.current != nil && proxy.connections == 2 && test.client.state.isConnected }
            let path = try #require(registration.current?.name)
            try await helper.client.sync("/")
            #expect(try await helper.client.getChildren("/im/nodes").names == [path], "round \(round)")
            await registration.stop()
            await test.close()
        }
        await helper.close()
    }

    @Test func stopsBeforeItCouldRegister() async throws {
        let test = try TestClient("127.0.0.1:\(FreePort.take())")
        let registration = register(test)
        await registration.stop()
        #expect(events.value == [])
        await test.close()
    }
}
