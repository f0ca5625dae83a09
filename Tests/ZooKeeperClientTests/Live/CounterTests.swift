import Testing

@testable import ZooKeeperClient

@Suite struct CounterTests {
    @Test func addsSetsAndCompares() async throws {
        let test = try await TestClient.onShared()
        let counter = AtomicLong(client: test.client, path: "/im/OnlineCounter")
        #expect(try await counter.get() == 0)
        #expect(try await counter.add(5) == AtomicLong.Change(before: 0, after: 5))
        #expect(try await counter.add(-7) == AtomicLong.Change(before: 5, after: -2))
        #expect(try await test.client.getData("/im/OnlineCounter").data == [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe])
        #expect(try await counter.set(.max).after == .max)
        #expect(try await counter.add(1).after == .min)
        #expect(try await counter.compareAndSet(expected: 1, 2) == nil)
        #expect(try await counter.compareAndSet(expected: .min, 2)?.after == 2)
        #expect(try await counter.get() == 2)
        try await test.client.setData("/im/OnlineCounter", data: [])
        #expect(try await counter.get() == 0)
        try await test.client.setData("/im/OnlineCounter", data: [1, 2])
        let error = await #expect(throws: ZooKeeperError.self) { try await counter.add(1) }
        #expect(error?.code == .unexpectedData)
        #expect(error?.path == "/im/OnlineCounter")
        await test.close()
    }

    @Test func manyAddAtOnceAndNoneIsLost() async throws {
        let tests = [try await TestClient.onShared()]
        let address = try ZooKeeperServer.shared.get().address
        let chroot = tests[0].client.configuration.chroot
        let all = try tests + (0..<3).map { _ in try TestClient(address, chroot: chroot) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for test in all {
                group.addTask {
                    let counter = AtomicLong(client: test.client, path: "/counter")
                    for _ in 0..<50 { try await counter.add(1, timeoutMilliseconds: 60_000) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await AtomicLong(client: all[0].client, path: "/counter").get() == 200)
        for test in all { await test.close() }
    }
}
