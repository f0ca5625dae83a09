import CReactor

/// The handshakes of a loop's filtered connections. They cost a thousand times what a message does in time and a hundred times what an idle
/// connection does in memory. So each turn of the loop gives them a bounded time, in the order in which they came; only so many are under
/// way at once, and when others wait, the oldest make room; and all are limited in time. Loop-only.
final class Handshakes: TimerTarget {
    /// Nanoseconds a turn. One handshake at least goes on, however long it takes.
    static let turn: UInt64 = 2_000_000
    /// Under way at once.
    static let most = 1024
    /// An older one makes room for those that wait. A peer that means it answers sooner. Milliseconds.
    static let patience: UInt32 = 1_000
    private static let period = 100

    /// Something has come for them.
    private var waiting = FilteredLine()
    /// The same, and there is no room for them to begin.
    private var held = FilteredLine()
    /// Those that have begun, by age; some are over.
    private var underWay = FilteredLine()
    /// All whose time is limited.
    private var limited: ContiguousArray<FilteredConnection> = []
    private var isScheduled = false

    @inline(__always)
    var isWaiting: Bool { !waiting.isEmpty }

    /// A connection is there; it is cut off if its handshake is not over in time.
    func began(_ connection: FilteredConnection, _ loop: EventLoop) {
        if connection.filter.isOpen { return }
        connection.handshakeBegin = loop.milliseconds
        limited.append(connection)
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
        var rest = waiting.count
        repeat {
            guard let connection = waiting.first else { return }
            waiting.removeFirst()
            rest -= 1
            if connection.flags.contains(.closed) { continue }
            if !connection.hasBegun {
                guard makeRoom(loop) else {
                    held.append(connection)
                    continue
                }
                connection.hasBegun = true
                underWay.append(connection)
                // It is not the peer's fault that it had to wait.
                connection.handshakeBegin = loop.milliseconds
            }
            connection.shakeHands()
            loop.presentReads()
        } while rest > 0 && creactor_now() &- start < Self.turn
    }

    private func makeRoom(_ loop: EventLoop) -> Bool {
        while underWay.count >= Self.most, let oldest = underWay.first {
            if !oldest.flags.contains(.closed), !oldest.filter.isOpen {
                guard loop.milliseconds &- oldest.handshakeBegin >= Self.patience else { return false }
                oldest.fail(.handshake(0))
            }
            underWay.removeFirst()
        }
        return true
    }

    func timerFired(tag: UInt32, loop: EventLoop) {
        isScheduled = false
        let now = loop.milliseconds
        limited.removeAll { connection in
            if connection.flags.contains(.closed) || connection.filter.isOpen { return true }
            let age = now &- connection.handshakeBegin
            if connection.isQueued || age < UInt32(clamping: connection.filter.handshakeMilliseconds) { return false }
            connection.fail(.handshake(0))
            return true
        }
        while let first = underWay.first, first.flags.contains(.closed) || first.filter.isOpen { underWay.removeFirst() }
        while let connection = held.first {
            held.removeFirst()
            waiting.append(connection)
        }
        if limited.isEmpty { limited = [] } else { schedule(loop) }
    }

    private func schedule(_ loop: EventLoop) {
        if isScheduled { return }
        isScheduled = true
        _ = loop.scheduleTimer(afterMilliseconds: Self.period, self)
    }
}
