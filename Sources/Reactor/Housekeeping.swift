/// The loop's own timers: connections that close when their output is sent, or in time; memory after a mass departure.
final class Housekeeping: TimerTarget {
    private static let lingerTag: UInt32 = 0
    private static let trimTag: UInt32 = 1
    private static let lingerPeriod = 100
    private static let trimDelay = 1_000

    private var lingering: [(connection: Connection, deadline: UInt32)] = []
    private var trimming = false

    /// Cuts `connection` off at `deadline` (the loop's milliseconds) if it is still there.
    func linger(_ connection: Connection, until deadline: UInt32, _ loop: EventLoop) {
        lingering.append((connection, deadline))
        if lingering.count == 1 { schedule(loop) }
    }

    func scheduleTrim(_ loop: EventLoop) {
        if trimming { return }
        trimming = true
        _ = loop.scheduleTimer(afterMilliseconds: Self.trimDelay, self, tag: Self.trimTag)
    }

    func timerFired(tag: UInt32, loop: EventLoop) {
        if tag == Self.trimTag {
            trimming = false
            return loop.trim()
        }
        let now = loop.milliseconds
        lingering.removeAll { connection, deadline in
            if connection.flags.contains(.closed) { return true }
            if Int32(bitPattern: now &- deadline) < 0 { return false }
            connection.fail(connection.reason)
            return true
        }
        if !lingering.isEmpty { schedule(loop) }
    }

    private func schedule(_ loop: EventLoop) {
        _ = loop.scheduleTimer(afterMilliseconds: Self.lingerPeriod, self, tag: Self.lingerTag)
    }
}
