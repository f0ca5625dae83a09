import PluginHost

/// Handlers whose wait is over, in the order in which their results came: a few in each turn of the loop, so that a thousand that waited for
/// the same moment do not hold up everybody else. It belongs to its loop.
struct WakeQueue {
    struct Wake {
        var execution: UInt64
        var state: PluginState
        var result: Result<[LuaValue], HostCallError>
    }

    /// A turn. They take some 20 us each, with what they send.
    static let most = 16

    private var wakes: [Wake] = []
    private var head = 0
    private var turn: UInt64 = 0
    private var ran = 0

    var isEmpty: Bool { head == wakes.count }

    /// Whether one more may run in the turn that began at `now`; counts it.
    mutating func admits(now: UInt64) -> Bool {
        if turn != now {
            turn = now
            ran = 0
        }
        guard ran < Self.most else { return false }
        ran += 1
        return true
    }

    mutating func append(_ wake: Wake) { wakes.append(wake) }

    mutating func next() -> Wake? {
        guard head < wakes.count else { return nil }
        let wake = wakes[head]
        head += 1
        if head * 2 >= wakes.count {
            wakes.removeFirst(head)
            head = 0
        }
        return wake
    }
}
