import Foundation
import RedisClient
import TestSupport
import Testing

@Suite(.serialized) struct SentinelTests {
    /// A master, a replica, three sentinels.
    private final class Group: Sendable {
        let master: RedisProcess
        let replica: RedisProcess
        let sentinels: [RedisProcess]

        init() throws {
            let master = try RedisProcess()
            self.master = master
            replica = try RedisProcess(["replicaof 127.0.0.1 \(master.port)", "repl-ping-replica-period 1"])
            sentinels = try (0..<3).map { _ in
                try RedisProcess(
                    [
                        // Long enough that a busy machine is not taken for a dead master.
                        "sentinel monitor main 127.0.0.1 \(master.port) 2", "sentinel down-after-milliseconds main 3000",
                        "sentinel failover-timeout main 6000", "sentinel parallel-syncs main 1",
                    ], isSentinel: true)
            }
            for _ in 0..<400 {
                let ready = try sentinels.allSatisfy {
                    let info = try $0.cli("SENTINEL", "MASTER", "main")
                    return info.contains("num-other-sentinels\n2") && info.contains("num-slaves\n1")
                }
                if ready, try replica.cli("INFO", "replication").contains("master_link_status:up") { return }
                usleep(50_000)
            }
            throw TestFailure("the sentinels did not find each other")
        }

        var url: String { "redis-sentinel://" + sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") + "/main" }
    }

    @Test(arguments: [3, 2]) func followsTheMasterToItsSuccessor(_ version: Int) async throws {
        let group = try Group()
        let fixture = try ClientFixture(group.url) {
            $0.protocolVersion = version
            $0.commandTimeout = 120_000
        }
        #expect(try await fixture.client.command(["SET", "key", 1]) == .simple("OK"))
        #expect(fixture.servers.first?.address.port == group.master.port)
        let heard = Locked<[String]>([])
        let confirmed = Locked(0)
        _ = await fixture.onLoop { client in
            client.subscribe(channel: "news", confirmed: { confirmed.change { $0 += 1 } }) { message in
                heard.change { $0.append(message.text) }
            }
        }
        try await eventually { confirmed.value == 1 }
        try await eventually { try await fixture.client.command(["WAIT", 1, 2_000]).int == 1 }
        group.master.kill()
        // What is sent before the end is seen has an unknown fate, and is not sent again.
        try await eventually { await fixture.onLoop { !$0.isConnected } }
        // Waits, within its time, for the successor.
        #expect(try await fixture.client.command(["INCR", "key"]).int == 2)
        #expect(fixture.servers.last?.address.port == group.replica.port)
        #expect(fixture.servers.last?.change == .other)
        try await eventually { confirmed.value >= 2 }
        try group.replica.cli("PUBLISH", "news", "here")
        try await eventually { heard.value == ["here"] }
        await fixture.end()
    }

    @Test func goesOnWithoutTheFirstSentinels() async throws {
        let group = try Group()
        group.sentinels[0].kill()
        group.sentinels[1].freeze()
        let fixture = try ClientFixture(group.url) {
            $0.connectTimeout = 300
            $0.commandTimeout = 30_000
        }
        #expect(try await fixture.client.command(["SET", "key", 1]) == .simple("OK"))
        await fixture.end()
    }

    @Test func leavesAMasterThatWasFrozenAndReplaced() async throws {
        let group = try Group()
        let fixture = try ClientFixture(group.url) { $0.commandTimeout = 10_000 }
        try await fixture.connected()
        group.master.freeze()
        try await eventually { fixture.servers.last?.address.port == group.replica.port }
        group.master.thaw()
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await fixture.client.command(["SET", "key", "new"]) == .simple("OK"))
        #expect(try group.replica.cli("GET", "key") == "new")
        await fixture.end()
    }

    @Test func saysThatNoSentinelKnowsTheName() async throws {
        let group = try Group()
        let fixture = try ClientFixture(group.url.replacingOccurrences(of: "/main", with: "/other")) { $0.commandTimeout = 500 }
        let error = await failure { try await fixture.client.command(["PING"]) }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("no master 'other'") == true, "\(error?.message ?? "")")
        await fixture.end()
    }
}
