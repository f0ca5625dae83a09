import Foundation
import RedisClient
import TestSupport
import Testing

@Suite(.serialized) struct ClusterTests {
    private func withCluster(
        nodeTimeout: Int = 10_000, _ change: (inout RedisConfiguration) -> Void = { _ in },
        _ body: (RedisClusterProcesses, ClientFixture) async throws -> Void
    ) async throws {
        let cluster = try RedisClusterProcesses(nodeTimeout: nodeTimeout)
        let fixture = try ClientFixture(cluster.url, change)
        do {
            try await fixture.connected()
            try await body(cluster, fixture)
        } catch {
            await fixture.end()
            throw error
        }
        await fixture.end()
    }

    /// Commands to many slots, all the time, until told to end.
    private func hammer(_ client: RedisClient, _ keys: Int, _ isOver: Locked<Bool>) -> Task<
        (done: [String: Int], errors: [RedisError]), Never
    > {
        Task {
            var done: [String: Int] = [:]
            var errors: [RedisError] = []
            while !isOver.value {
                let results = try? await (0..<keys).asyncMap { key -> (String, Result<Int, RedisError>) in
                    let name = "k\(key)"
                    do { return (name, .success(try await client.command(["INCR", name]).int ?? -1)) } catch {
                        return (name, .failure(error as? RedisError ?? RedisError(.malformed, "\(error)")))
                    }
                }
                for (name, result) in results ?? [] {
                    switch result {
                    case .success: done[name, default: 0] += 1
                    case .failure(let error): errors.append(error)
                    }
                }
            }
            return (done, errors)
        }
    }

    @Test func scansAllMasters() async throws {
        try await withCluster { _, fixture in
            let client = fixture.client
            for number in 0..<1000 { _ = try await client.command(["SET", "walk:\(number)", number]) }
            _ = try await client.command(["SET", "other", 1])
            let found = Locked<Set<String>>([])
            let ended = Locked<[RedisError?]>([])
            await fixture.onLoop { client in
                client.scan(match: "walk:*", count: 50) { keys in
                    found.change { $0.formUnion(keys.map { String(decoding: $0, as: UTF8.self) }) }
                } done: { error in
                    ended.change { $0.append(error) }
                }
            }
            try await eventually { ended.value.count == 1 }
            #expect(ended.value == [nil])
            #expect(found.value == Set((0..<1000).map { "walk:\($0)" }))
        }
    }

    @Test(arguments: [3, 2]) func spreadsCommandsAndRefusesWhatCrossesSlots(_ version: Int) async throws {
        try await withCluster {
            $0.protocolVersion = version
        } _: { cluster, fixture in
            let client = fixture.client
            for number in 0..<100 { _ = try await client.command(["SET", "key\(number)", number]) }
            let answers = try await (0..<100).asyncMap { try await client.command(["GET", "key\($0)"]).int }
            #expect(answers.compactMap(\.self).sorted() == Array(0..<100))
            #expect(fixture.servers.count == 3)
            #expect(fixture.servers.allSatisfy { $0.mode == "cluster" && $0.change == .first })
            #expect(await fixture.onLoop { $0.counters.redirects } == 0)
            let error = await failure { try await client.command(["MGET", "key1", "key2"]) }
            #expect(error?.code == .crossSlot)
            #expect(error?.message.contains("braces") == true)
            #expect(try await client.command(["MGET", "{u}1", "{u}2"]).array?.count == 2)
            #expect(
                await failure { try await client.transaction([RedisCommand("SET", "a", 1), RedisCommand("SET", "b", 1)]) }?.code
                    == .crossSlot)
            let set = [RedisCommand("SET", "{t}a", 1), RedisCommand("INCR", "{t}a")]
            #expect(try await client.transaction(set).last?.int == 2)
            let script = RedisScript("return redis.call('SET', KEYS[1], ARGV[1])")
            for number in 0..<20 { _ = try await client.evaluate(script, keys: ["s\(number)"], arguments: [number]) }
            #expect(try await client.command(["PING"]) == .simple("PONG"))
        }
    }

    @Test func reshardingLosesNothing() async throws {
        try await withCluster {
            $0.commandTimeout = 60_000
        } _: { cluster, fixture in
            let isOver = Locked(false)
            let load = hammer(fixture.client, 200, isOver)
            try await Task.sleep(for: .milliseconds(200))
            // A hundred slots with keys move, one after the other, as redis-cli does it.
            let keys = (0..<200).map { "k\($0)" }
            let slots = Array(Set(keys.map { HashSlot.of($0) })).sorted().prefix(60)
            let targets = try [0, 1, 2].map { try cluster.node(port: cluster.nodes[$0].port) }
            for slot in slots {
                let source = try cluster.node(port: try cluster.master(of: slot, asked: cluster.nodes[0]))
                guard let target = targets.first(where: { $0 !== source }) else { continue }
                try target.cli("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", try cluster.id(source))
                try source.cli("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", try cluster.id(target))
                while true {
                    let inSlot = try source.cli("CLUSTER", "GETKEYSINSLOT", "\(slot)", "10").split(separator: "\n").map(String.init)
                    if inSlot.isEmpty { break }
                    try RedisProcess.cli(
                        ["-p", "\(source.port)", "MIGRATE", "127.0.0.1", "\(target.port)", "", "0", "2000", "KEYS"] + inSlot)
                }
                for node in [target, source] { try node.cli("CLUSTER", "SETSLOT", "\(slot)", "NODE", try cluster.id(target)) }
            }
            try await Task.sleep(for: .milliseconds(300))
            isOver.value = true
            let (done, errors) = await load.value
            #expect(errors == [])
            #expect(done.count == 200)
            for (key, times) in done { #expect(try await fixture.client.command(["GET", key]).int == times, "\(key)") }
            #expect(await fixture.onLoop { $0.counters.redirects } > 0)
        }
    }

    @Test func aMultiKeyCommandWaitsForItsSlotToArrive() async throws {
        try await withCluster { cluster, fixture in
            let slot = HashSlot.of("u")
            _ = try await fixture.client.command(["MSET", "{u}1", 1, "{u}2", 2])
            let source = try cluster.node(port: try cluster.master(of: slot, asked: cluster.nodes[0]))
            let target = try #require(cluster.nodes.prefix(3).first { $0 !== source })
            try target.cli("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", try cluster.id(source))
            try source.cli("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", try cluster.id(target))
            try source.cli("MIGRATE", "127.0.0.1", "\(target.port)", "{u}1", "0", "2000")
            // ASK for what has left, TRYAGAIN while the rest has not.
            #expect(try await fixture.client.command(["GET", "{u}1"]).int == 1)
            async let both = fixture.client.command(["MGET", "{u}1", "{u}2"], timeout: 30_000)
            async let transaction = fixture.client.transaction(
                [RedisCommand("INCR", "{u}1"), RedisCommand("GET", "{u}2")], timeout: 30_000)
            try await Task.sleep(for: .milliseconds(200))
            try source.cli("MIGRATE", "127.0.0.1", "\(target.port)", "{u}2", "0", "2000")
            for node in [target, source] { try node.cli("CLUSTER", "SETSLOT", "\(slot)", "NODE", try cluster.id(target)) }
            #expect(try await both.array?.count == 2)
            #expect(try await transaction == [.integer(2), .bulk(Array("2".utf8))])
        }
    }

    @Test func aMastersDeathIsOvercome() async throws {
        try await withCluster(nodeTimeout: 2_000) {
            $0.commandTimeout = 60_000
        } _: { cluster, fixture in
            let isOver = Locked(false)
            let load = hammer(fixture.client, 60, isOver)
            try await Task.sleep(for: .milliseconds(300))
            let victim = cluster.nodes[0]
            victim.kill()
            // In time all keys are served again, by a replica in the dead one's place.
            try await eventually {
                let master = try? cluster.master(of: 0, asked: cluster.nodes[1])
                return master != nil && master != victim.port
            }
            try await fixture.connected()
            try await Task.sleep(for: .milliseconds(200))
            isOver.value = true
            let (done, errors) = await load.value
            #expect(done.count == 60)
            // Only what was under way when it died, and that is said.
            #expect(errors.allSatisfy { $0.code == .disconnected && $0.execution == .possibly }, "\(errors.first?.description ?? "")")
            #expect(errors.count <= 60)
            for key in done.keys { #expect(try await fixture.client.command(["GET", key]).int ?? 0 > 0) }
        }
    }

    @Test func invalidationsComeFromAllNodes() async throws {
        try await withCluster {
            $0.tracking = RedisTracking()
        } _: { cluster, fixture in
            try await eventually { await fixture.onLoop { $0.isTracking } }
            let keys = (0..<30).map { "k\($0)" }
            for key in keys { _ = try await fixture.client.command(["GET", key]) }
            fixture.invalidations.value = []
            for key in keys { try RedisProcess.cli(["-c", "-p", "\(cluster.nodes[0].port)", "SET", key, "1"]) }
            try await eventually { fixture.invalidations.value.count == 30 }
            #expect(Set(fixture.invalidations.value) == Set(keys.map { .keys([Array($0.utf8)]) }))
        }
    }
}
