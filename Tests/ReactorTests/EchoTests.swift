import Dispatch
import Reactor
import TestSupport
import Testing

@Suite struct EchoTests {
    @Test func framesCutAtEveryPosition() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let echo = FrameEcho()
        let client = try fixture.connect { _ in echo }
        let stream = FrameEcho.frame(1...40) + FrameEcho.frame([]) + FrameEcho.frame(100...130)
        for cut in 0...stream.count {
            let before = fixture.loop.counters.bytesIn
            try client.send(stream[..<cut])
            // Waits until the first part has been read by itself.
            while fixture.loop.counters.bytesIn < before + cut { _ = fixture.run { _ in } }
            try client.send(stream[cut...])
            #expect(try client.receive(stream.count) == stream)
        }
    }

    @Test func aByteAtATimeAndManyAtOnce() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let echo = FrameEcho()
        let client = try fixture.connect { _ in echo }
        let stream = FrameEcho.frame(1...40)
        for byte in stream { try client.send([byte]) }
        #expect(try client.receive(stream.count) == stream)
        let many = Array(repeatElement(stream, count: 500).joined())
        try client.send(many)
        #expect(try client.receive(many.count) == many)
        #expect(fixture.run { $0.counters.waitingBytes } == 0)
    }

    @Test(arguments: [true, false])
    func largeFramesInSmallPieces(hints: Bool) throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let echo = FrameEcho()
        echo.hints = hints
        let client = try fixture.connect { _ in echo }
        for size in [30_000, 33_000, 70_000, 1 << 20] {
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let stream = FrameEcho.frame(body) + FrameEcho.frame([1, 2, 3])
            // A thread of its own: tests that wait occupy all of the pool's.
            DispatchQueue.global().async {
                for start in stride(from: 0, to: stream.count, by: 3_001) {
                    try? client.send(stream[start..<min(start + 3_001, stream.count)])
                }
            }
            #expect(try client.receive(stream.count) == stream)
        }
        #expect(fixture.run { _ in 0 } == 0)
        // The hint saves presenting what is not complete: the four large frames were seen when they began and when whole.
        if hints { #expect(echo.presentations.value < 60) }
    }

    @Test func inputWithoutEndIsCutOff() throws {
        let fixture = try LoopFixture(limits: ConnectionLimits(inputCap: 100_000))
        defer { fixture.stop() }
        let echo = FrameEcho()
        let client = try fixture.connect { _ in echo }
        let junk = [UInt8](repeating: 0x7F, count: 300_000)
        #expect(throws: SocketFailure.self) {
            try client.send(junk)
            try client.send(junk)
            try client.send(junk)
        }
        echo.closes.wait()
        #expect(echo.reasons.value == [.overflow])
    }

    @Test func framesBuiltInPlace() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let echo = FrameEcho()
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        _ = fixture.run { _ in
            guard let connection = seen.value else { return }
            for size in [10, 3_000, 500_000] {
                let place = connection.reserve(size)
                place.initializeMemory(as: UInt8.self, repeating: UInt8(size & 255), count: size)
                connection.commit(size - 1)
            }
            _ = connection.reserve(100)
            connection.commit(0)
        }
        let got = try client.receive(9 + 2_999 + 499_999)
        #expect(got.count == 9 + 2_999 + 499_999)
        #expect(got[8] == 10 && got[9] == UInt8(3_000 & 255) && got.last == UInt8(500_000 & 255))
    }
}
