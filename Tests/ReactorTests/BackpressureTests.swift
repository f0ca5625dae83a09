import Dispatch
import Reactor
import TestSupport
import Testing

@Suite struct BackpressureTests {
    @Test func aPeerThatDoesNotReadIsSeenAndDrains() throws {
        let fixture = try LoopFixture(limits: ConnectionLimits(writeBufferHigh: 200_000, writeBufferLow: 10_000))
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let echo = FrameEcho()
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        let part = [UInt8](repeating: 5, count: 50_000)
        let total =
            fixture.run { _ -> Int in
                guard let connection = seen.value else { return 0 }
                var total = 0
                while !connection.isOverHighMark {
                    part.withUnsafeBytes { connection.write($0) }
                    total += part.count
                }
                return total
            } ?? 0
        #expect(total > 200_000)
        let state = fixture.run { _ in (seen.value?.writeStalledSince != nil, seen.value?.waitingBytes ?? 0) }
        #expect(state?.0 == true)
        #expect(state?.1 ?? 0 > 200_000)
        #expect(try client.receive(total).count == total)
        #expect(echo.drains.wait(timeout: .now() + 20) == .success)
        let after = fixture.run { _ in (seen.value?.isOverHighMark, seen.value?.writeStalledSince, seen.value?.waitingBytes ?? -1) }
        #expect(after?.0 == false)
        #expect(after?.2 ?? -1 <= 10_000)
        // Still of use afterwards.
        try client.send(FrameEcho.frame([1, 2]))
        #expect(try client.receive(6).suffix(2) == [1, 2])
    }

    @Test func tooMuchOutputClosesTheConnection() throws {
        let fixture = try LoopFixture(limits: ConnectionLimits(writeBufferHigh: 100_000, hardCap: 400_000))
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let echo = FrameEcho()
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        let part = [UInt8](repeating: 5, count: 50_000)
        _ = fixture.run { _ in
            for _ in 0..<200 { part.withUnsafeBytes { seen.value?.write($0) } }
        }
        #expect(echo.closes.wait(timeout: .now() + 20) == .success)
        #expect(echo.reasons.value == [.overflow])
        #expect(fixture.run { $0.counters.waitingBytes } == 0)
        client.close()
    }

    @Test func pausedConnectionsAreNotReadAndGoOnWithWhatWasKept() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let picky = PausingDelegate()
        let client = try fixture.connect {
            seen.value = $0
            return picky
        }
        try client.send([1, 2, 3, 4, 5])
        #expect(picky.calls.wait(timeout: .now() + 20) == .success)
        try client.send([6])
        // The delegate took one byte and paused for two reasons: one taken back changes nothing.
        _ = fixture.run { _ in seen.value?.resumeReading(.backpressure) }
        #expect(fixture.run { _ in seen.value?.keptBytes } == 4)
        #expect(picky.taken.value == [1])
        _ = fixture.run { _ in seen.value?.resumeReading(.suspended) }
        for _ in 0..<5 {
            #expect(picky.calls.wait(timeout: .now() + 20) == .success)
            _ = fixture.run { _ in seen.value?.resumeReading([.suspended, .backpressure]) }
        }
        #expect(picky.taken.value == [1, 2, 3, 4, 5, 6])
    }

    @Test func stopInsideTheTickOfAPauseLosesNothing() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let echo = FrameEcho()
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        for round in 0..<50 {
            _ = fixture.run { _ in
                seen.value?.pauseReading(.owner1)
                if round & 1 == 0 { seen.value?.resumeReading(.owner1) }
            }
            try client.send(FrameEcho.frame([UInt8(round)]))
            _ = fixture.run { _ in seen.value?.resumeReading(.owner1) }
            #expect(try client.receive(5).last == UInt8(round))
        }
    }
}
