import Dispatch
import Reactor
import TestSupport
import Testing

@Suite struct FlushTests {
    private final class Counting: ConnectionDelegate, @unchecked Sendable {
        let told = Locked<[Int]>([])
        let closes = DispatchSemaphore(value: 0)

        func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int { bytes.count }
        func closed(_ connection: Connection, reason: CloseReason) { closes.signal() }

        func flushed(_ connection: Connection, _ bytes: Int) { told.change { $0.append(bytes) } }

        var sum: Int { told.value.reduce(0, +) }
    }

    private let part = [UInt8](repeating: 5, count: 50_000)

    @Test func whatTheKernelTookIsToldToTheByte() throws {
        let fixture = try LoopFixture(limits: ConnectionLimits(writeBufferHigh: 10_000_000))
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let counting = Counting()
        let client = try fixture.connect {
            seen.value = $0
            return counting
        }
        let part = part
        // Large enough that some leaves while it is written, and some waits until it is read.
        let (total, before, waiting) =
            fixture.run { _ -> (Int, Int, Int) in
                guard let connection = seen.value else { return (0, 0, 0) }
                connection.tellsFlushes = true
                for _ in 0..<40 { part.withUnsafeBytes { connection.write($0) } }
                return (40 * part.count, connection.bytesToFlush, connection.waitingBytes)
            } ?? (0, 0, 0)
        #expect(before == total, "nothing is told yet")
        #expect(waiting < total, "though the kernel has some")
        // A tick later: told, what is out; no more and no less.
        let rest = fixture.run { _ in (seen.value?.waitingBytes ?? -1, seen.value?.bytesToFlush ?? -1, counting.sum) } ?? (0, 0, 0)
        #expect(rest.0 == rest.1 && rest.2 == total - rest.0)
        #expect(rest.0 > 0, "the socket does not take it all")
        #expect(try client.receive(total).count == total)
        while fixture.run({ _ in seen.value?.waitingBytes ?? 0 }) ?? 0 > 0 {}
        #expect(fixture.run { _ in counting.sum } == total)
    }

    @Test func nobodyIsToldWhoDidNotAsk() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let counting = Counting()
        let client = try fixture.connect {
            seen.value = $0
            return counting
        }
        let part = part
        _ = fixture.run { _ in part.withUnsafeBytes { seen.value?.write($0) } }
        #expect(try client.receive(part.count).count == part.count)
        _ = fixture.run { _ in
            seen.value?.tellsFlushes = true
            part.withUnsafeBytes { seen.value?.write($0) }
            seen.value?.tellsFlushes = false
        }
        #expect(try client.receive(part.count).count == part.count)
        #expect(fixture.run { _ in counting.told.value } == [])
    }

    /// What left before the end is told before the end.
    @Test func aConnectionThatClosesTellsFirst() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let counting = Counting()
        let client = try fixture.connect {
            seen.value = $0
            return counting
        }
        let part = part
        _ = fixture.run { _ in
            seen.value?.tellsFlushes = true
            part.withUnsafeBytes { seen.value?.write($0) }
            seen.value?.close(afterFlush: true)
        }
        #expect(try client.receive(part.count + 1).count == part.count)
        #expect(counting.closes.wait(timeout: .now() + 20) == .success)
        #expect(counting.sum == part.count)
    }
}
