import TestSupport
import Testing

@testable import ZooKeeperClient

@Suite struct ChildrenCacheTests {
    private let snapshots = Locked<[ChildrenCache.Snapshot]>([])

    private func cache(_ test: TestClient) -> ChildrenCache {
        let cache = ChildrenCache(client: test.client, path: "/nodes") { [snapshots] snapshot in snapshots.change { $0.append(snapshot) } }
        cache.start()
        return cache
    }

    private func data(_ cache: ChildrenCache) -> [String: [UInt8]] { cache.snapshot.nodes.mapValues(\.data) }

    @Test func followsWhatComesChangesAndGoes() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        let cache = cache(test)
        try await eventually { cache.snapshot.isCurrent }
        #expect(cache.snapshot.nodes.isEmpty)
        try await client.create("/nodes")
        try await client.create("/nodes/a", data: [1])
        try await client.create("/nodes/b", data: [2], mode: .ephemeral)
        try await eventually { data(cache) == ["a": [1], "b": [2]] }
        try await client.setData("/nodes/a", data: [3])
        try await client.create("/nodes/a/below", data: [9])
        try await eventually { data(cache) == ["a": [3], "b": [2]] }
        try await client.delete("/nodes/b")
        try await eventually { data(cache) == ["a": [3]] }
        #expect(cache.snapshot.isCurrent)
        let changes = snapshots.value.flatMap(\.changes)
        #expect(changes == [.added("a"), .added("b"), .updated("a"), .removed("b")])
        try await client.delete("/nodes/a/below")
        try await client.delete("/nodes/a")
        try await client.delete("/nodes")
        try await eventually { cache.snapshot.nodes.isEmpty && cache.snapshot.isCurrent }
        try await client.createPath("/nodes/again")
        try await eventually { data(cache) == ["again": []] }
        // Reading anew is no reason to call it stale.
        #expect(snapshots.value.allSatisfy { $0.isCurrent })
        await test.close()
    }

    @Test func startsWithWhatIsThereAtOnce() async throws {
        let test = try await TestClient.onShared()
        try await test.client.create("/nodes")
        // More than are asked for at once.
        for start in stride(from: 0, to: 500, by: 100) {
            try await test.client.multi((start..<(start + 100)).map { .create("/nodes/\($0)", data: [UInt8($0 % 256)]) })
        }
        let cache = cache(test)
        try await eventually { cache.snapshot.isCurrent }
        #expect(cache.snapshot.nodes.count == 500)
        // Whole, in one piece.
        #expect(snapshots.value.count == 1)
        #expect(snapshots.value[0].changes.count == 500)
        await test.close()
    }

    @Test func holdsATree() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        try await client.createPath("/nodes/a/b/c")
        try await client.createPath("/nodes/x")
        let cache = ChildrenCache(client: client, path: "/nodes", includesDescendants: true) { [snapshots] snapshot in
            snapshots.change { $0.append(snapshot) }
        }
        cache.start()
        try await eventually { cache.snapshot.isCurrent }
        #expect(Set(cache.snapshot.nodes.keys) == ["a", "a/b", "a/b/c", "x"])
        try await client.setData("/nodes/a/b", data: [5])
        try await client.createPath("/nodes/x/y/z")
        try await client.delete("/nodes/a/b/c")
        try await eventually { data(cache) == ["a": [], "a/b": [5], "x": [], "x/y": [], "x/y/z": []] }
        await test.close()
    }

    @Test func isStaleWithoutConnectionAndCatchesUp() async throws {
        let server = try ZooKeeperServer.shared.get()
        let writer = try await TestClient.onShared()
        let proxy = try LinkProxy(to: server.port)
        let test = try TestClient(proxy.address, chroot: writer.client.configuration.chroot, sessionTimeout: 10_000)
        try await writer.client.create("/nodes")
        for name in ["keeps", "changes", "goes"] { try await writer.client.create("/nodes/\(name)", data: [0]) }
        let cache = cache(test)
        try await eventually { cache.snapshot.isCurrent && cache.snapshot.nodes.count == 3 }

        proxy.cut(refusing: true)
        try await eventually { !cache.snapshot.isCurrent }
        #expect(cache.snapshot.nodes.count == 3)
        try await writer.client.setData("/nodes/changes", data: [1])
        try await writer.client.delete("/nodes/goes")
        try await writer.client.create("/nodes/comes", data: [2])
        proxy.acceptAgain()
        try await eventually { cache.snapshot.isCurrent }
        #expect(data(cache) == ["keeps": [0], "changes": [1], "comes": [2]])
        #expect(Set(snapshots.value.last?.changes ?? []) == [.updated("changes"), .removed("goes"), .added("comes")])
        // And it is told what happens now, without a new session.
        try await writer.client.delete("/nodes/comes")
        try await eventually { data(cache) == ["keeps": [0], "changes": [1]] }
        await test.close()
        try await eventually { !cache.snapshot.isCurrent }
        await writer.close()
    }

    @Test func goesOnInANewSession() async throws {
        let writer = try await TestClient.onShared()
        let test = try TestClient(try ZooKeeperServer.shared.get().address, chroot: writer.client.configuration.chroot)
        let cache = cache(test)
        try await eventually { cache.snapshot.isCurrent }
        let session = try await test.sessionID()
        try await test.expire(port: ZooKeeperServer.shared.get().port)
        try await test.wait { $0.isConnected && $0.sessionID != session }
        try await writer.client.createPath("/nodes/x")
        try await eventually { cache.snapshot.isCurrent && data(cache) == ["x": []] }
        await test.close()
        await writer.close()
    }

    /// Many changes at once, from several clients: what is told last is what the server has.
    @Test func endsUpWithWhatTheServerHas() async throws {
        let writer = try await TestClient.onShared()
        let address = try ZooKeeperServer.shared.get().address
        let test = try TestClient(address, chroot: writer.client.configuration.chroot)
        try await writer.client.create("/nodes")
        let cache = cache(test)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    var random = Jitter(seed: UInt64(task))
                    for step in 0..<150 {
                        let path = "/nodes/\(Int.random(in: 0..<8, using: &random))"
                        switch Int.random(in: 0..<4, using: &random) {
                        case 0: _ = try? await writer.client.create(path, data: [UInt8(step)])
                        case 1: try? await writer.client.delete(path)
                        default: _ = try? await writer.client.setData(path, data: [UInt8(step)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        var expected: [String: NodeContent] = [:]
        for name in try await writer.client.getChildren("/nodes").names {
            expected[name] = try await writer.client.getData("/nodes/\(name)")
        }
        try await eventually { cache.snapshot.nodes == expected }
        await test.close()
        await writer.close()
    }
}
