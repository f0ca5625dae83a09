import Dispatch
import Reactor
import TestSupport
import Testing

@Suite struct EventLoopTests {
    @Test func tasksOfOneThreadRunInOrder() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<[Int]>([])
        for number in 0..<10_000 { fixture.loop.execute { seen.change { $0.append(number) } } }
        _ = fixture.run { _ in }
        #expect(seen.value == Array(0..<10_000))
        #expect(fixture.run { $0.inLoop } == true)
        #expect(!fixture.loop.inLoop)
    }

    @Test func tasksOfManyThreadsAllRun() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let sum = Locked(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<5_000 { fixture.loop.execute { sum.change { $0 += 1 } } }
        }
        _ = fixture.run { _ in }
        #expect(sum.value == 40_000)
    }

    @Test func timersFireNotEarlyAndAnIdleLoopSleeps() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let fired = DispatchSemaphore(value: 0)
        let took = Locked(UInt64(0))
        _ = fixture.run { loop in
            let recorder = TimerRecorder()
            let begin = loop.now
            recorder.whenFired = { _, loop in
                took.value = loop.now - begin
                fired.signal()
            }
            _ = loop.scheduleTimer(afterMilliseconds: 120_000, recorder, tag: 2)
            _ = loop.scheduleTimer(afterMilliseconds: 60, recorder, tag: 1)
        }
        let before = fixture.loop.counters.ticks
        #expect(fired.wait(timeout: .now() + 20) == .success)
        #expect(took.value >= 60_000_000)
        // Far fewer than one a wheel tick.
        #expect(fixture.loop.counters.ticks - before <= 4)
        #expect(fixture.run { $0.timerCount } == 1)
    }

    @Test func observersSeeEachTickBeforeTheFlush() throws {
        let fixture = try LoopFixture()
        defer { fixture.stop() }
        let seen = Locked<Connection?>(nil)
        let echo = FrameEcho()
        let client = try fixture.connect {
            seen.value = $0
            return echo
        }
        _ = fixture.run { loop in
            loop.afterTick(OneWrite(seen.value))
        }
        #expect(try client.receive(2) == [4, 2])
    }

    @Test func startsOnceAndUnstartedLoopsAreHarmless() throws {
        let loop = try EventLoop(index: 0, name: "once")
        try loop.start()
        #expect(throws: ReactorError.self) { try loop.start() }
        loop.stop()
        loop.join()
        _ = try EventLoop(index: 1, name: "never")
    }
}

private final class OneWrite: TickObserver {
    private var connection: Connection?

    init(_ connection: Connection?) { self.connection = connection }

    func tickEnded(_ loop: EventLoop) {
        [UInt8(4), 2].withUnsafeBytes { connection?.write($0) }
        connection = nil
        loop.removeAfterTick(self)
    }
}
