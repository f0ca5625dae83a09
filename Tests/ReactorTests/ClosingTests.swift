import Dispatch
import Reactor
import TestSupport
import Testing

@Suite struct ClosingTests {
    @Test func aHalfClosedPeerStillGetsItsAnswer() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let echo = FrameEcho()
        let client = try fixture.connect { _ in echo }
        let stream = FrameEcho.frame([UInt8](repeating: 9, count: 2_000_000))
        let answer = Locked<[UInt8]>([])
        let done = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            answer.value = (try? client.receive(stream.count + 1)) ?? []
            done.signal()
        }
        try client.send(stream)
        client.endWriting()
        #expect(done.wait(timeout: .now() + 20) == .success)
        #expect(answer.value.count == stream.count)
        #expect(echo.closes.wait(timeout: .now() + 20) == .success)
        #expect(echo.reasons.value == [.peerClosed])
    }

    @Test func closeAfterFlushSendsEverythingThenEnds() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let echo = FrameEcho()
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        let part = [UInt8](repeating: 5, count: 600_000)
        _ = fixture.run { _ in
            part.withUnsafeBytes { seen.value?.write($0) }
            seen.value?.close(afterFlush: true, reason: .custom(3))
            part.withUnsafeBytes { seen.value?.write($0) }
        }
        #expect(try client.receive(2_000_000).count == part.count)
        #expect(echo.closes.wait(timeout: .now() + 20) == .success)
        #expect(echo.reasons.value == [.custom(3)])
    }

    @Test func closeAfterFlushIsBounded() throws {
        let fixture = try LoopFixture(limits: ConnectionLimits(closeLinger: 50))
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let echo = FrameEcho()
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        let part = [UInt8](repeating: 5, count: 2_000_000)
        _ = fixture.run { _ in
            part.withUnsafeBytes { seen.value?.write($0) }
            seen.value?.close(afterFlush: true, reason: .idle)
        }
        #expect(echo.closes.wait(timeout: .now() + 20) == .success)
        #expect(echo.reasons.value == [.idle])
        client.close()
    }

    /// The kernel has taken no more for a while, and said so, before it closes.
    @Test func closeAfterFlushOfAStalledConnectionIsBounded() throws {
        let fixture = try LoopFixture(limits: ConnectionLimits(closeLinger: 50))
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let echo = FrameEcho()
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        let part = [UInt8](repeating: 5, count: 8_000_000)
        _ = fixture.run { _ in part.withUnsafeBytes { seen.value?.write($0) } }
        var stalled = false
        for _ in 0..<2000 where !stalled { stalled = fixture.run { _ in seen.value?.writeStalledSince != nil } ?? false }
        #expect(stalled)
        _ = fixture.run { _ in seen.value?.close(afterFlush: true, reason: .idle) }
        #expect(echo.closes.wait(timeout: .now() + 20) == .success)
        #expect(echo.reasons.value == [.idle])
        client.close()
    }

    @Test func closingTwiceAndFromInsideReceivedIsReportedOnce() throws {
        let fixture = try LoopFixture()
        let closer = ClosingDelegate()
        let client = try fixture.connect { _ in closer }
        try client.send([1, 2, 3])
        #expect(try client.receive(10) == [7])
        fixture.stop()
        #expect(closer.reasons.value == [.protocolError])
    }

    @Test func stoppingFlushesAndReports() throws {
        let fixture = try LoopFixture()
        let echo = FrameEcho()
        let seen = Locked<Connection?>(nil)
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        let ran = Locked(false)
        _ = fixture.run { loop in
            [UInt8](repeating: 1, count: 100).withUnsafeBytes { seen.value?.write($0) }
            loop.stop()
            loop.execute { ran.value = true }
        }
        seen.value = nil
        fixture.loop.join()
        #expect(try client.receive(200).count == 100)
        #expect(echo.reasons.value == [.shutdown])
        #expect(ran.value)
        #expect(!fixture.loop.execute {})
    }

    @Test func fiveThousandComeAndGoAtOnce() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let echo = FrameEcho()
        var clients: [BlockingSocket] = []
        for _ in 0..<5_000 { clients.append(try fixture.connect { _ in echo }) }
        #expect(fixture.run { $0.counters.connections } == 5_000)
        try clients[4_999].send(FrameEcho.frame([1]))
        #expect(try clients[4_999].receive(5).count == 5)
        let survivor = clients[2_500]
        for (index, client) in clients.enumerated() where index != 2_500 { client.close() }
        for _ in 0..<4_999 where echo.closes.wait(timeout: .now() + 20) != .success {
            Issue.record("a close was not reported")
            break
        }
        #expect(fixture.run { $0.counters.connections } == 1)
        try survivor.send(FrameEcho.frame([2]))
        #expect(try survivor.receive(5).last == 2)
    }

    /// All of them closed by this side in one tick, some with output in the same tick.
    @Test func aLoopClosesAllItsConnectionsInOneTick() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let echo = FrameEcho()
        let connections = Locked<[Connection]>([])
        var clients: [BlockingSocket] = []
        for _ in 0..<1_000 {
            clients.append(
                try fixture.connect { connection in
                    connections.change { $0.append(connection) }
                    return echo
                })
        }
        _ = fixture.run { _ in
            for (index, connection) in connections.value.enumerated() {
                if index % 3 == 0 { [1, 2, 3].withUnsafeBytes { connection.write($0) } }
                connection.close(afterFlush: index % 2 == 0, reason: .local)
                connection.close(afterFlush: false, reason: .idle)
            }
        }
        for _ in 0..<1_000 { #expect(echo.closes.wait(timeout: .now() + 20) == .success) }
        #expect(fixture.run { $0.counters.connections } == 0)
        #expect(echo.reasons.value.count == 1_000)
        connections.value = []
    }
}
