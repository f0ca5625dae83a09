import Dispatch
import Reactor
import TLS
import Testing

@Suite struct SecureEchoTests {
    static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) } }

    @Test(arguments: [1, 100, 16_383, 16_384, 16_385, 65_536, 100_000, 1 << 20, 5 << 20])
    func bytesComeBackAsTheyWent(count: Int) throws {
        let certificates = try Certificates()
        let loops = try SecureLoops(certificates.server())
        defer { loops.stop() }
        let client = try loops.connect(certificates.client(), host: "localhost")
        let bytes = Self.pattern(count)
        loops.write(bytes, client)
        #expect(client.wait(count) == bytes)
        #expect(SecureLoops.run(loops.server) { loops.server.counters.waitingBytes } == 0)
        #expect(SecureLoops.run(loops.client) { loops.client.counters.waitingBytes } == 0)
    }

    @Test func manySmallWritesKeepTheirOrder() throws {
        let certificates = try Certificates()
        let door = try certificates.server("rsa")
        let loops = try SecureLoops(door)
        defer { loops.stop() }
        let client = try loops.connect(certificates.client())
        let bytes = Self.pattern(20_000)
        for start in stride(from: 0, to: bytes.count, by: 17) { loops.write(Array(bytes[start..<min(start + 17, bytes.count)]), client) }
        #expect(client.wait(bytes.count) == bytes)
        #expect(door.counts[.completed] == 1)
    }

    @Test func whatWasWrittenBeforeCloseArrives() throws {
        let certificates = try Certificates()
        let loops = try SecureLoops(certificates.server())
        defer { loops.stop() }
        loops.echo.answers.value = false
        let client = try loops.connect(certificates.client())
        let bytes = Self.pattern(3 << 20)
        loops.client.execute {
            bytes.withUnsafeBytes { client.connection?.write($0) }
            client.connection?.close(afterFlush: true)
        }
        loops.echo.closes.wait()
        #expect(loops.echo.received.value == bytes.count)
        #expect(loops.echo.reasons.value == [.peerClosed])
    }

    @Test func aPeerThatDoesNotReadHoldsTheWriterBack() throws {
        let certificates = try Certificates()
        let loops = try SecureLoops(certificates.server(), limits: ConnectionLimits(hardCap: 256 << 20))
        defer { loops.stop() }
        let client = try loops.connect(certificates.client())
        loops.write([7], client)
        #expect(client.wait(1) == [7])
        _ = SecureLoops.run(loops.client) { client.connection?.pauseReading(.backpressure) }
        let held = try #require(loops.echo.connections.value.first)
        let bytes = Self.pattern(64 << 20)
        let (waiting, isStalled) = try #require(
            SecureLoops.run(loops.server) {
                bytes.withUnsafeBytes { held.connection.write($0) }
                return (held.connection.waitingBytes, held.connection.writeStalledSince != nil)
            })
        // What the two sockets hold is gone, and nothing else.
        #expect(isStalled)
        #expect(waiting > 40 << 20 && waiting < bytes.count)
        _ = SecureLoops.run(loops.client) { client.connection?.resumeReading(.backpressure) }
        #expect(Array(client.wait(1 + bytes.count).dropFirst()) == bytes)
        #expect(SecureLoops.run(loops.server) { held.connection.waitingBytes } == 0)
    }

    @Test func flushesAreToldOfTheOwnersBytes() throws {
        let certificates = try Certificates()
        let loops = try SecureLoops(certificates.server())
        defer { loops.stop() }
        let client = try loops.connect(certificates.client())
        _ = SecureLoops.run(loops.client) { client.connection?.tellsFlushes = true }
        loops.write(Self.pattern(100_000), client)
        #expect(client.wait(100_000).count == 100_000)
        #expect(SecureLoops.run(loops.client) { client.connection?.bytesToFlush } == 0)
        #expect(client.flushed.value == 100_000)
    }
}
