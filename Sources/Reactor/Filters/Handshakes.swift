import CReactor

/// The handshakes of a loop's filtered connections. They cost a thousand times what a message does, so each turn of the loop gives them a
/// bounded time, in the order in which they came; and they are limited in time, so that nobody holds a connection without one. Loop-only.
final class Handshakes: TimerTarget {
    /// Nanoseconds a turn. One handshake at least is done, however long it takes.
    static let turn: UInt64 = 2_000_000
    private static let period = 250

    private var waiting: ContiguousArray<FilteredConnection> = []
    /// The place of the first one in `waiting`.
    private var first = 0
    private var underWay: ContiguousArray<(connection: FilteredConnection, deadline: UInt32)> = []
    private var isScheduled = false

    @inline(__always)
    var isWaiting: Bool { first < waiting.count }

    /// A connection has begun; it is cut off if its handshake is not over in time.
    func began(_ connection: FilteredConnection, _ loop: EventLoop) {
        if connection.filter.isOpen { return }
        underWay.append((connection, loop.milliseconds &+ UInt32(clamping: connection.filter.handshakeMilliseconds)))
        schedule(loop)
    }

    /// Something has come for a handshake.
    func wait(_ connection: FilteredConnection) {
        if connection.isQueued { return }
        connection.isQueued = true
        waiting.append(connection)
    }

    func run(_ loop: EventLoop) {
        let start = creactor_now()
        // Those that are put in meanwhile have a turn of their own.
        let end = waiting.count
        repeat {
            let connection = waiting[first]
            first += 1
            if connection.flags.contains(.closed) { continue }
            connection.shakeHands()
            loop.presentReads()
        } while first < end && creactor_now() &- start < Self.turn
        if first == waiting.count {
            waiting.removeAll(keepingCapacity: first <= 1024)
            first = 0
        } else if first >= 1024 {
            waiting.removeFirst(first)
            first = 0
        }
    }

    func timerFired(tag: UInt32, loop: EventLoop) {
        isScheduled = false
        let now = loop.milliseconds
        underWay.removeAll { connection, deadline in
            if connection.flags.contains(.closed) || connection.filter.isOpen { return true }
            if Int32(bitPattern: now &- deadline) < 0 { return false }
            connection.fail(.handshake(0))
            return true
        }
        if underWay.isEmpty { underWay = [] } else { schedule(loop) }
    }

    private func schedule(_ loop: EventLoop) {
        if isScheduled { return }
        isScheduled = true
        _ = loop.scheduleTimer(afterMilliseconds: Self.period, self)
    }
}
