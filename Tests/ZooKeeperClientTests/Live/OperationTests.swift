import TestSupport
import Testing

@testable import ZooKeeperClient

/// Every operation against a real server.
@Suite struct OperationTests {
    @Test func createsReadsChangesAndDeletes() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        let created = try await client.createWithStat("/a", data: [1, 2])
        #expect(created.path == "/a")
        #expect(created.stat.dataLength == 2)
        #expect(try await client.exists("/a")?.version == 0)
        #expect(try await client.exists("/b") == nil)
        #expect(try await client.getData("/a").data == [1, 2])
        let stat = try await client.setData("/a", data: [3], version: 0)
        #expect(stat.version == 1)
        #expect(stat.mzxid > created.stat.czxid)
        try await client.create("/a/x")
        try await client.create("/a/y")
        let children = try await client.getChildren("/a")
        #expect(children.names.sorted() == ["x", "y"])
        #expect(children.stat.numChildren == 2)
        try await client.sync("/a")
        try await client.delete("/a/x")
        try await client.delete("/a/y", version: 0)
        try await client.delete("/a")
        #expect(try await client.exists("/a") == nil)
        await test.close()
    }

    @Test func errorsSayWhatAndWhere() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        func code(_ path: String, _ body: () async throws(ZooKeeperError) -> Void) async -> ZooKeeperError.Code? {
            do throws(ZooKeeperError) {
                try await body()
                return nil
            } catch {
                #expect(error.path == path)
                return error.code
            }
        }
        try await client.create("/a")
        try await client.create("/a/b")
        try await client.create("/e", mode: .ephemeral)
        #expect(await code("/none") { () async throws(ZooKeeperError) in _ = try await client.getData("/none") } == .noNode)
        #expect(await code("/a") { () async throws(ZooKeeperError) in try await client.create("/a") } == .nodeExists)
        #expect(await code("/a") { () async throws(ZooKeeperError) in try await client.delete("/a") } == .notEmpty)
        #expect(await code("/a") { () async throws(ZooKeeperError) in try await client.setData("/a", data: [], version: 9) } == .badVersion)
        #expect(await code("/e/x") { () async throws(ZooKeeperError) in try await client.create("/e/x") } == .noChildrenForEphemerals)
        #expect(await code("a") { () async throws(ZooKeeperError) in try await client.create("a") } == .badArguments)
        #expect(await code("/x") { () async throws(ZooKeeperError) in try await client.create("/x", acl: []) } == .invalidACL)
        let tooLarge = [UInt8](repeating: 0, count: 2 << 20)
        #expect(await code("/x") { () async throws(ZooKeeperError) in try await client.create("/x", data: tooLarge) } == .badArguments)
        await test.close()
    }

    @Test func everyModeOfCreate() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        let session = try await test.sessionID()
        let first = try await client.create("/seq-", mode: .persistentSequential)
        let second = try await client.create("/seq-", mode: .ephemeralSequential)
        #expect(first == "/seq-0000000000")
        #expect(NodePath.sequence(second) == 1)
        #expect(try await client.exists(second)?.ephemeralOwner == session)
        #expect(try await client.getEphemerals(prefix: "/seq-") == [second])

        try await client.create("/container", mode: .container)
        try await client.create("/container/child")
        try await client.delete("/container/child")
        let ttl = try await client.createWithStat("/ttl", mode: .persistentTTL(milliseconds: 300))
        #expect(ttl.path == "/ttl")
        #expect(ttl.stat.ephemeralOwner == 0)
        let numbered = try await client.create("/ttl-", mode: .persistentSequentialTTL(milliseconds: 300))
        #expect(NodePath.sequence(numbered) != nil)
        try await eventually(what: "the container and the nodes with ttl to go") {
            let container = try await client.exists("/container")
            let plain = try await client.exists("/ttl")
            let sequential = try await client.exists(numbered)
            return container == nil && plain == nil && sequential == nil
        }
        #expect(try await client.exists(first) != nil)
        await test.close()
    }

    @Test func ephemeralNodesGoAtOnceWhenClosed() async throws {
        let one = try await TestClient.onShared(sessionTimeout: 30_000)
        let other = try TestClient(try ZooKeeperServer.shared.get().address, chroot: one.client.configuration.chroot)
        try await one.client.create("/e", mode: .ephemeral)
        #expect(try await other.client.exists("/e") != nil)
        await one.close()
        #expect(one.client.state == .closed)
        try await other.client.sync("/")
        #expect(try await other.client.exists("/e") == nil)
        await #expect(throws: ZooKeeperError(.closed, path: "/e")) { try await one.client.exists("/e") }
        await other.close()
    }

    @Test func multiIsAllOrNothing() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        let results = try await client.multi([
            .create("/m", data: [1]), .setData("/m", data: [2], version: 0), .check("/m", version: 1),
            .create("/m/c-", mode: .persistentSequential),
            .create("/m/t", mode: .persistentTTL(milliseconds: 100_000)), .create("/m/k", mode: .container), .delete("/m/k"),
        ])
        #expect(results.count == 7)
        guard case .created(let node) = results[0], case .dataSet(let stat) = results[1], case .created(let numbered) = results[3] else {
            Issue.record("\(results)")
            return
        }
        #expect(node.path == "/m")
        #expect(stat.version == 1)
        #expect(results[2] == .checked)
        #expect(numbered.path == "/m/c-0000000000")
        #expect(results[6] == .deleted)

        let error = await #expect(throws: ZooKeeperError.self) {
            try await client.multi([.setData("/m", data: [9]), .check("/m", version: 77), .create("/never")])
        }
        #expect(error?.code == .badVersion)
        #expect(error?.path == "/m")
        #expect(error?.operationIndex == 1)
        #expect(try await client.getData("/m").data == [2])
        #expect(try await client.exists("/never") == nil)
        #expect(try await client.multi([]) == [])
        await test.close()
    }

    @Test func aclsAndDigest() async throws {
        let owner = try await TestClient.onShared()
        let address = try ZooKeeperServer.shared.get().address
        let chroot = owner.client.configuration.chroot
        try await owner.client.addAuth(.digest(user: "ann", password: "secret"))
        try await owner.client.create("/mine", data: [1], acl: .creatorAll)
        try await owner.client.create("/hers", data: [2], acl: [.digest(user: "ann", password: "secret", .read)])

        let stranger = try TestClient(address, chroot: chroot)
        await #expect(throws: ZooKeeperError(.noAuth, path: "/mine")) { try await stranger.client.getData("/mine") }
        await #expect(throws: ZooKeeperError(.noAuth, path: "/hers")) { try await stranger.client.setData("/hers", data: []) }

        let friend = try TestClient(address, chroot: chroot) { $0.credentials = [.digest(user: "ann", password: "secret")] }
        #expect(try await friend.client.getData("/mine").data == [1])
        let list = try await friend.client.getACL("/mine")
        #expect(list.acl == [.digest(user: "ann", password: "secret")])
        try await friend.client.setACL("/mine", acl: .readUnsafe, version: list.stat.aversion)
        #expect(try await stranger.client.getData("/mine").data == [1])
        for test in [owner, stranger, friend] { await test.close() }
    }

    @Test func aRefusedCredentialIsFinal() async throws {
        let test = try await TestClient.onShared()
        await #expect(throws: ZooKeeperError(.authenticationFailed)) {
            try await test.client.addAuth(Credential(scheme: "no such scheme", secret: [1]))
        }
        try await test.wait { $0 == .authenticationFailed }
        await #expect(throws: ZooKeeperError(.authenticationFailed, path: "/")) { try await test.client.exists("/") }
        await test.close()
    }

    @Test func thousandsInFlightComeBackInOrder() async throws {
        let test = try await TestClient.onShared()
        try await test.client.create("/n", data: [0])
        let got = Locked<[Int]>([])
        let count = 5_000
        _ = await test.run { client in
            for number in 0..<count {
                let answered: (Result<NodeContent, ZooKeeperError>) -> Void = { result in
                    if case .success = result { got.change { $0.append(number) } }
                }
                client.getData("/n", completion: answered)
            }
        }
        try await eventually { got.value.count == count }
        #expect(got.value == Array(0..<count))
        await test.close()
    }

    @Test func noMoreThanTheLimitWait() async throws {
        let test = try TestClient("127.0.0.1:\(FreePort.take())") { $0.maxRequests = 10 }
        let codes = Locked<[ZooKeeperError.Code]>([])
        let atOnce = await test.run { client in
            for _ in 0..<12 {
                client.getData("/n", timeoutMilliseconds: 300) { result in
                    if case .failure(let error) = result { codes.change { $0.append(error.code) } }
                }
            }
            return codes.value
        }
        #expect(atOnce == [.tooManyRequests, .tooManyRequests])
        try await eventually { codes.value.count == 12 }
        #expect(codes.value.suffix(10).allSatisfy { $0 == .requestTimeout })
        await test.close()
    }

    @Test func aChrootIsMadeAndStripped() async throws {
        let test = try TestClient(try ZooKeeperServer.shared.get().address, chroot: TestClient.root() + "/deep/er")
        let client = test.client
        await #expect(throws: ZooKeeperError(.noNode, path: "/a")) { try await client.create("/a") }
        try await client.createPath("/a/b")
        #expect(try await client.create("/a/b/c-", mode: .persistentSequential) == "/a/b/c-0000000000")
        #expect(try await client.getChildren("/").names == ["a"])
        try await client.createPath("/a/b")
        let events = Locked<[WatchEvent]>([])
        _ = try await client.exists("/", watch: { event in events.change { $0.append(event) } })
        try await client.setData("/", data: [1])
        try await eventually { events.value == [WatchEvent(.dataChanged, path: "/")] }
        await test.close()
    }
}
