import Foundation
import RedisClient
import Testing

@Suite(.serialized) struct TrackingTests {
    @Test(arguments: [3, 2]) func whatWasReadIsInvalidated(_ version: Int) async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)") {
            $0.protocolVersion = version
            $0.tracking = RedisTracking()
        }
        try await eventually { await fixture.onLoop { $0.isTracking } }
        _ = try await fixture.client.command(["HGETALL", "user:1"])
        fixture.invalidations.value = []
        try server.cli("SET", "user:2", "unread")
        try server.cli("HSET", "user:1", "a", "1")
        try await eventually { fixture.invalidations.value == [.keys([Array("user:1".utf8)])] }
        // Once, until it is read again.
        try server.cli("HSET", "user:1", "a", "2")
        _ = try await fixture.client.command(["HGETALL", "user:1"])
        try server.cli("HSET", "user:1", "a", "3")
        try await eventually { fixture.invalidations.value.count == 2 }
        try server.cli("FLUSHALL")
        try await eventually { fixture.invalidations.value.last == .everything }
        await fixture.end()
    }

    @Test(arguments: [3, 2]) func everythingIsInvalidAfterALoss(_ version: Int) async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)") {
            $0.protocolVersion = version
            $0.tracking = RedisTracking()
        }
        try await eventually { await fixture.onLoop { $0.isTracking } }
        fixture.invalidations.value = []
        server.kill()
        try await eventually { fixture.invalidations.value.contains(.everything) }
        #expect(await fixture.onLoop { $0.isTracking } == false)
        try server.start()
        try await eventually { await fixture.onLoop { $0.isTracking } }
        _ = try await fixture.client.command(["GET", "a"])
        fixture.invalidations.value = []
        try server.cli("SET", "a", "1")
        try await eventually { fixture.invalidations.value == [.keys([Array("a".utf8)])] }
        await fixture.end()
    }

    @Test func theSecondConnectionsLossIsALossToo() async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)?protocol=2") { $0.tracking = RedisTracking() }
        try await eventually { await fixture.onLoop { $0.isTracking } }
        fixture.invalidations.value = []
        try server.cli("CLIENT", "KILL", "TYPE", "pubsub")
        try await eventually { fixture.invalidations.value.contains(.everything) }
        try await eventually { await fixture.onLoop { $0.isTracking } }
        #expect(await fixture.onLoop { $0.counters.disconnects } == 0)
        _ = try await fixture.client.command(["GET", "a"])
        fixture.invalidations.value = []
        try server.cli("SET", "a", "1")
        try await eventually { fixture.invalidations.value == [.keys([Array("a".utf8)])] }
        await fixture.end()
    }

    @Test(arguments: [3, 2]) func prefixesAreToldWithoutReading(_ version: Int) async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)") {
            $0.protocolVersion = version
            $0.tracking = RedisTracking(.broadcast(prefixes: ["user:", "group:"]), noLoop: true)
        }
        try await eventually { await fixture.onLoop { $0.isTracking } }
        fixture.invalidations.value = []
        try server.cli("SET", "other:1", "1")
        _ = try await fixture.client.command(["SET", "user:own", "1"])
        try server.cli("SET", "user:1", "1")
        try server.cli("SET", "group:1", "1")
        try await eventually { fixture.invalidations.value.count == 2 }
        #expect(fixture.invalidations.value == [.keys([Array("user:1".utf8)]), .keys([Array("group:1".utf8)])])
        await fixture.end()
    }
}
