import Foundation
import Reactor
import RedisClient
import TestSupport
import Testing

/// Servers that are old, lie, or lose their connections.
@Suite(.serialized) struct OddServerTests {
    @Test func anOldServerIsSpokenToInItsWay() async throws {
        let server = try RedisProcess(["rename-command HELLO \"\"", "requirepass secret"], start: false)
        try server.start(user: "default", password: "secret")
        let fixture = try ClientFixture("redis://:secret@127.0.0.1:\(server.port)/1?client_name=me") { $0.tracking = RedisTracking() }
        try await eventually { await fixture.onLoop { $0.isTracking } }
        #expect(try await fixture.client.command(["SET", "a", 1]) == .simple("OK"))
        #expect(fixture.servers.first?.protocolVersion == 2)
        #expect(fixture.servers.first?.runID?.count == 40)
        let info = try await fixture.client.command(["CLIENT", "INFO"]).text ?? ""
        #expect(info.contains(" name=me ") && info.contains(" db=1 "), "\(info)")
        await fixture.end()
    }

    @Test(arguments: ["garbage\r\n", "*1\r\n>0\r\n", "$99999999999\r\n", "%1\r\n+proto\r\n:3\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n"])
    func aServerThatTalksNonsenseIsLeft(_ nonsense: String) async throws {
        let loop = try EventLoop(index: 1, name: "nonsense")
        try loop.start()
        let talker = Nonsense(Array(nonsense.utf8))
        let listener = try Listener(spreadingOver: [loop], host: "127.0.0.1", port: 0) { _ in talker }
        let open = Locked(false)
        let shared = Locked(listener)
        loop.execute { open.value = (try? shared.value.open()) != nil }
        try await eventually { open.value }
        let fixture = try ClientFixture("redis://127.0.0.1:\(listener.port)?timeout_ms=300")
        _ = await failure { try await fixture.client.command(["PING"]) }
        try await eventually {
            fixture.states.value.contains { if case .disconnected(_, let reason) = $0 { reason.code == .malformed } else { false } }
        }
        await fixture.end()
        loop.stop()
        loop.join()
    }

    /// What errors say of commands being carried out holds, whatever breaks when.
    @Test func errorsTellTheTruth() async throws {
        let server = try RedisProcess()
        let fixture = try ClientFixture("redis://127.0.0.1:\(server.port)") { $0.reconnectDelay = 1 }
        try await fixture.connected()
        let outcome = Locked<[String: Int]>([:])
        let isOver = Locked(false)
        let sender = Task {
            var sent = 0
            while !isOver.value {
                _ = await fixture.onLoop { client in
                    for _ in 0..<500 {
                        client.send(RedisCommand("INCR", "n"), timeout: 20_000) { result in
                            let kind: String =
                                switch result {
                                case .success: "done"
                                case .failure(let error): "\(error.execution)"
                                }
                            outcome.change { $0[kind, default: 0] += 1 }
                        }
                    }
                    return true
                }
                sent += 500
            }
            return sent
        }
        for _ in 0..<20 {
            try server.cli("CLIENT", "KILL", "TYPE", "normal")
            try await Task.sleep(for: .milliseconds(20))
        }
        isOver.value = true
        let sent = await sender.value
        try await eventually { outcome.value.values.reduce(0, +) == sent }
        let value = Int(try server.cli("GET", "n")) ?? 0
        let done = outcome.value["done", default: 0]
        let possibly = outcome.value["possibly", default: 0]
        #expect(value >= done && value <= done + possibly, "\(value) carried out, \(outcome.value)")
        #expect(await fixture.onLoop { $0.counters.disconnects } >= 5)
        #expect(done > 0)
        await fixture.end()
    }

    /// Answers everything with the same bytes.
    private final class Nonsense: ConnectionDelegate, @unchecked Sendable {
        private let bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
            self.bytes.withUnsafeBytes { connection.write($0) }
            return bytes.count
        }

        func closed(_ connection: Connection, reason: CloseReason) {}
    }
}
