import TestSupport
import Testing

@testable import ZooKeeperClient

@Suite struct LeaderLatchTests {
    @Test func oneLeadsAndTheNextFollows() async throws {
        let helper = try await TestClient.onShared()
        let address = try ZooKeeperServer.shared.get().address
        let chroot = helper.client.configuration.chroot
        let tests = try (0..<3).map { _ in try TestClient(address, chroot: chroot) }
        let told = Locked<[String]>([])
        var latches: [LeaderLatch] = []
        for (number, test) in tests.enumerated() {
            let latch = LeaderLatch(client: test.client, path: "/leader", id: "node \(number)") { leads in
                told.change { $0.append("\(number) \(leads)") }
            }
            latch.start()
            latches.append(latch)
            try await eventually { try await latches[0].participants().count == number + 1 }
        }
        try await eventually { latches[0].isLeader }
        #expect(try await latches[0].participants() == ["node 0", "node 1", "node 2"])
        // The one in the middle goes: nothing changes.
        await latches[1].stop()
        await latches[0].stop()
        #expect(!latches[0].isLeader)
        try await eventually { latches[2].isLeader }
        // An expired session leads no more, and stands behind.
        latches[1] = LeaderLatch(client: tests[1].client, path: "/leader", id: "node 1") { leads in
            told.change { $0.append("1 \(leads)") }
        }
        latches[1].start()
        try await eventually { try await latches[2].participants().count == 2 }
        try await tests[2].expire(port: ZooKeeperServer.shared.get().port)
        try await eventually { latches[1].isLeader && !latches[2].isLeader }
        #expect(told.value == ["0 true", "0 false", "2 true", "2 false", "1 true"])
        for test in tests { await test.close() }
        #expect(!latches[1].isLeader)
        await helper.close()
    }
}
