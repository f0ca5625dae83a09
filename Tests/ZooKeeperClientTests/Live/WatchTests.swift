import TestSupport
import Testing

@testable import ZooKeeperClient

@Suite struct WatchTests {
    private let events = Locked<[WatchEvent]>([])

    private var handler: WatchHandler {
        { [events] event in events.change { $0.append(event) } }
    }

    @Test func oneTimeWatchesTellOneChange() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        try await client.create("/a")
        _ = try await client.getData("/a", watch: handler)
        _ = try await client.exists("/later", watch: handler)
        _ = try await client.getChildren("/a", watch: handler)
        await #expect(throws: ZooKeeperError.self) { _ = try await client.getData("/none", watch: handler) }
        try await client.setData("/a", data: [1])
        try await client.setData("/a", data: [2])
        try await client.create("/later")
        try await client.create("/none")
        try await client.create("/a/b")
        try await client.sync("/")
        #expect(
            events.value == [
                WatchEvent(.dataChanged, path: "/a"), WatchEvent(.created, path: "/later"), WatchEvent(.childrenChanged, path: "/a"),
            ])
        await test.close()
    }

    @Test func persistentWatchesTellAllUntilRemoved() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        try await client.addWatch("/a", mode: .persistent, handler: handler)
        try await client.create("/a")
        try await client.setData("/a", data: [1])
        try await client.create("/a/b")
        try await client.removeWatches("/a")
        try await client.setData("/a", data: [2])
        try await client.sync("/")
        #expect(events.value.map(\.kind) == [.created, .dataChanged, .childrenChanged, .removed])
        await #expect(throws: ZooKeeperError(.noWatcher, path: "/a")) { try await client.removeWatches("/a") }
        await test.close()
    }

    @Test func recursiveWatchesSeeAllBelow() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        try await client.create("/r")
        try await client.addWatch("/r", mode: .persistentRecursive, handler: handler)
        try await client.create("/r/a")
        try await client.create("/r/a/b", data: [1])
        try await client.setData("/r/a/b", data: [2])
        try await client.delete("/r/a/b")
        try await client.create("/rx")
        try await client.sync("/")
        #expect(
            events.value == [
                WatchEvent(.created, path: "/r/a"), WatchEvent(.created, path: "/r/a/b"), WatchEvent(.dataChanged, path: "/r/a/b"),
                WatchEvent(.deleted, path: "/r/a/b"),
            ])
        await test.close()
    }

    /// What happened while the connection was away is told when it is back (setWatches); persistent watches say that they may have missed it.
    @Test func watchesOutliveAConnection() async throws {
        let server = try ZooKeeperServer.shared.get()
        let writer = try await TestClient.onShared()
        let proxy = try LinkProxy(to: server.port)
        let test = try TestClient(proxy.address, chroot: writer.client.configuration.chroot, sessionTimeout: 10_000)
        let client = test.client
        for name in ["data", "exists-not", "children", "gone", "still"] where name != "exists-not" { try await client.create("/\(name)") }
        let one = Locked<[WatchEvent]>([])
        let tell: WatchHandler = { event in one.change { $0.append(event) } }
        _ = try await client.getData("/data", watch: tell)
        _ = try await client.exists("/exists-not", watch: tell)
        _ = try await client.getChildren("/children", watch: tell)
        _ = try await client.getData("/gone", watch: tell)
        _ = try await client.getData("/still", watch: tell)
        try await client.addWatch("/tree", mode: .persistentRecursive, handler: handler)
        let session = try await test.sessionID()

        proxy.cut(refusing: true)
        try await test.wait { $0 == .disconnected(.closedByServer) }
        try await writer.client.setData("/data", data: [1])
        try await writer.client.create("/exists-not")
        try await writer.client.create("/children/c")
        try await writer.client.delete("/gone")
        try await writer.client.create("/tree")
        proxy.acceptAgain()
        #expect(try await test.sessionID() == session)
        try await eventually { one.value.count >= 4 }
        #expect(
            Set(one.value) == [
                WatchEvent(.dataChanged, path: "/data"), WatchEvent(.created, path: "/exists-not"),
                WatchEvent(.childrenChanged, path: "/children"), WatchEvent(.deleted, path: "/gone"),
            ])
        #expect(events.value == [WatchEvent(.reconnected, path: "/tree")])
        // And both kinds are still there.
        try await writer.client.setData("/still", data: [1])
        try await writer.client.create("/tree/x")
        try await eventually { one.value.last == WatchEvent(.dataChanged, path: "/still") }
        try await eventually { events.value.last == WatchEvent(.created, path: "/tree/x") }
        await test.close()
        #expect(events.value.last == WatchEvent(.lost, path: "/tree"))
        await writer.close()
    }

    /// More watches than one request may name.
    @Test func manyWatchesMoveInPieces() async throws {
        let server = try ZooKeeperServer.shared.get()
        let writer = try await TestClient.onShared()
        let proxy = try LinkProxy(to: server.port)
        let test = try TestClient(proxy.address, chroot: writer.client.configuration.chroot, sessionTimeout: 10_000)
        let name = String(repeating: "n", count: 200)
        let count = 2_000
        let told = Locked(0)
        await test.run { client in
            for number in 0..<count {
                client.exists("/\(name)\(number)", watch: { _ in told.change { $0 += 1 } }) { _ in }
            }
        }
        try await test.client.sync("/")
        let before = proxy.connections
        proxy.cut()
        try await eventually { proxy.connections > before && test.client.state.isConnected }
        try await test.client.sync("/")
        for number in [0, 777, count - 1] { try await writer.client.create("/\(name)\(number)") }
        try await eventually { told.value == 3 }
        await test.close()
        await writer.close()
    }
}
