import Dispatch
import Messaging
import Reactor

/// Sessions without sockets, as the node makes them: a session with user, device and address in its slot, a route, a timer for its silence, and
/// two attributes of plugins on each tenth. What each takes of memory, and what the loop's clock costs with so many timers.
enum SessionsPiece {
    /// `chat.read_idle_seconds`.
    private static let idleMilliseconds = 75_000
    private static let wheelTick = 8.388_608e6

    /// Sets a session's timer again when it is over, as the node does for a connection that had a heartbeat.
    private final class Silence: TimerTarget {
        private let milliseconds: Int

        init(_ milliseconds: Int) { self.milliseconds = milliseconds }

        func timerFired(tag: UInt32, loop: EventLoop) {
            _ = loop.scheduleTimer(afterMilliseconds: milliseconds, self, tag: tag)
        }
    }

    /// CPU time and timers fired of a loop at one moment.
    private struct Reading: Sendable {
        var cpu: UInt64 = 0
        var time: UInt64 = 0
        var fired = 0
    }

    static func run(count: Int) throws -> [Row] {
        let loop = try EventLoop(index: 0, name: "sessions")
        let slots = SessionSlots(loop: 0)
        let routes = RouteTable()
        let silence = Silence(idleMilliseconds)
        let before = ResidentMemory.now
        let allocated = AllocationCount.now
        let begin = CPUClock.thread()
        for number in 0..<count {
            let session = try Population.open(Array("user\(number)".utf8), port: 1024 + number % 60_000, slots, routes)
            // Their connections came one after the other, so their timers are spread over the whole time.
            let delay = Int(Double(idleMilliseconds) * Double(number) / Double(count))
            _ = loop.scheduleTimer(afterMilliseconds: delay, silence, tag: UInt32(truncatingIfNeeded: number))
            if number % 10 == 0 {
                _ = SessionAttributes.set("room", to: .string(Array("lobby".utf8)), of: session)
                _ = SessionAttributes.set("score", to: .integer(7), of: session)
            }
        }
        let cpu = CPUClock.thread() - begin
        let memory = ResidentMemory.now - before
        let made = Row(
            name: "session without socket", nanoseconds: Double(cpu) / Double(count),
            allocations: Double(AllocationCount.now - allocated) / Double(count), bytes: Double(memory) / Double(count))
        try MeasuringFailure.check(slots.count == count && routes.userCount == count, "sessions: some are missing")
        return [made, try tick(loop, "timer tick, all sessions"), try lonelyTick(), try busyTimers(count)]
    }

    /// The loop does nothing but its timers for two seconds: its CPU time by turn of the wheel, waking up included.
    private static func tick(_ loop: EventLoop, _ name: String, byTimer: Bool = false) throws -> Row {
        try loop.start()
        defer {
            loop.stop()
            loop.join()
        }
        _ = read(loop, after: 0.5)
        var costs: [Double] = []
        var fired = 0
        for _ in 0..<7 {
            let first = read(loop, after: 0)
            let last = read(loop, after: 0.3)
            let ticks = Double(last.time - first.time) / wheelTick
            costs.append(Double(last.cpu - first.cpu) / (byTimer ? Double(max(last.fired - first.fired, 1)) : ticks))
            fired += last.fired - first.fired
        }
        try MeasuringFailure.check(fired > 0, "\(name): no timer fired")
        costs.sort()
        return Row(name: name, nanoseconds: costs[costs.count / 2], least: costs[0])
    }

    /// A loop that wakes up for one timer in each tick: what the others are to be compared with.
    private static func lonelyTick() throws -> Row {
        let loop = try EventLoop(index: 1, name: "one-timer")
        let target = Silence(1)
        _ = loop.scheduleTimer(afterMilliseconds: 1, target)
        return try tick(loop, "timer tick, one timer")
    }

    /// So many timers a second that the waking does not matter: each comes due every two seconds and is set again.
    private static func busyTimers(_ count: Int) throws -> Row {
        let loop = try EventLoop(index: 2, name: "busy-timers")
        let target = Silence(2000)
        for number in 0..<count { _ = loop.scheduleTimer(afterMilliseconds: Int(2000 * Double(number) / Double(count)), target) }
        return try tick(loop, "timer fired and set again", byTimer: true)
    }

    private static func read(_ loop: EventLoop, after seconds: Double) -> Reading {
        if seconds > 0 { _ = DispatchSemaphore(value: 0).wait(timeout: .now() + seconds) }
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) var reading = Reading()
        loop.execute {
            reading = Reading(
                cpu: CPUClock.thread(), time: DispatchTime.now().uptimeNanoseconds, fired: loop.counters.timersFired)
            done.signal()
        }
        done.wait()
        return reading
    }
}
