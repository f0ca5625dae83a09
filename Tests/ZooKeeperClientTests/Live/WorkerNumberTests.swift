import TestSupport
import Testing

@testable import ZooKeeperClient

@Suite struct WorkerNumberTests {
    @Test func eachOwnerHasOneForGood() async throws {
        let test = try await TestClient.onShared()
        let client = test.client
        func claim(_ owner: String, limit: Int = 1024) async throws -> Int {
            try await WorkerNumber.claim(client: client, path: "/im/workers", ownerID: owner, limit: limit, timeoutMilliseconds: 20_000)
        }
        #expect(try await claim("one") == 0)
        #expect(try await claim("two") == 1)
        #expect(try await claim("one") == 0)
        #expect(try await claim("two") == 1)
        #expect(try await client.getData("/im/workers/1").data == Array("two".utf8))
        #expect(try await client.getData("/im/workers/1").stat.ephemeralOwner == 0)
        let error = await #expect(throws: ZooKeeperError.self) { try await claim("three", limit: 2) }
        #expect(error?.code == .exhausted)
        await #expect(throws: ZooKeeperError.self) {
            try await WorkerNumber.release(client: client, path: "/im/workers", number: 0, ownerID: "two")
        }
        try await WorkerNumber.release(client: client, path: "/im/workers", number: 0, ownerID: "one")
        #expect(try await claim("three", limit: 2) == 0)
        await test.close()
    }

    @Test func manyAtOnceGetDifferentNumbers() async throws {
        let test = try await TestClient.onShared()
        let address = try ZooKeeperServer.shared.get().address
        let chroot = test.client.configuration.chroot
        let tests = try (0..<4).map { _ in try TestClient(address, chroot: chroot) }
        let numbers = Locked<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for owner in 0..<24 {
                let client = tests[owner % 4].client
                group.addTask {
                    let number = try await WorkerNumber.claim(client: client, path: "/workers", ownerID: "owner \(owner)")
                    numbers.change { $0.append(number) }
                }
            }
            try await group.waitForAll()
        }
        #expect(numbers.value.sorted() == Array(0..<24))
        for test in tests { await test.close() }
        await test.close()
    }

    /// A claim whose answer is lost is found, not made twice.
    @Test func aBrokenConnectionCostsNoNumber() async throws {
        let server = try ZooKeeperServer.shared.get()
        let helper = try await TestClient.onShared()
        try await helper.client.createPath("/workers")
        for round in 0..<6 {
            let proxy = try LinkProxy(to: server.port)
            let test = try TestClient(proxy.address, chroot: helper.client.configuration.chroot, sessionTimeout: 10_000)
            _ = try await test.sessionID()
            let claim = Task { try await WorkerNumber.claim(client: test.client, path: "/workers", ownerID: "owner \(round)") }
            for _ in 0..<3 {
                try await Task.sleep(for: .milliseconds(3))
                await proxy.cutBehindNextRequest()
            }
            #expect(try await claim.value == round)
            await test.close()
        }
        #expect(try await helper.client.getChildren("/workers").names.count == 6)
        await helper.close()
    }
}
