import Glibc
import TestSupport
import Testing

@testable import Reactor

@Suite struct ConnectionTests {
    /// Memory a connection takes is a promise of the product.
    @Test func anIdleConnectionIsSmall() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let echo = FrameEcho()
        let seen = Locked<[Connection]>([])
        let clients = try (0..<16).map { _ in
            try fixture.connect { connection in
                seen.change { $0.append(connection) }
                return echo
            }
        }
        for client in clients {
            try client.send(FrameEcho.frame([1]))
            #expect(try client.receive(5).count == 5)
        }
        let (sizes, areIdle) = try #require(
            fixture.run { _ in
                (
                    seen.value.map { usableSize(Unmanaged.passUnretained($0).toOpaque()) },
                    seen.value.allSatisfy { $0.kept == nil && $0.outputHead == nil && $0.outputTail == nil }
                )
            })
        // Where a free piece of memory is a little larger, one gets all of it.
        #expect(sizes.count == 16 && (sizes.min() ?? 0) <= 120, "\(sizes)")
        #expect(areIdle)
    }

    @Test func closingInsideReceivedLeavesTheBytesAlone() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let reader = CloseThenRead()
        let client = try fixture.connect { _ in reader }
        let frame = [UInt8](repeating: 1, count: 1000)
        _ = fixture.run { _ in try? client.send(frame) }
        #expect(try client.receive(1).isEmpty)
        #expect(reader.sum.value == 1000)
    }
}

/// Not in Swift's view of the C library.
@_silgen_name("malloc_usable_size")
private func usableSize(_ block: UnsafeMutableRawPointer) -> Int

private final class CloseThenRead: ConnectionDelegate, @unchecked Sendable {
    let sum = Locked(0)

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        connection.close(afterFlush: true, reason: .local)
        sum.value = bytes.reduce(0) { $0 + Int($1) }
        return bytes.count
    }

    func closed(_ connection: Connection, reason: CloseReason) {}
}
