import Dispatch
import PluginHost

/// Handlers whose wait is over, in the order in which their results came: a few in each turn of the loop, so that a thousand that waited for
/// the same moment do not hold up everybody else. It belongs to its loop.
struct WakeQueue {
    struct Wake {
        var execution: UInt64
        var state: PluginState
        var result: Result<[LuaValue], HostCallError>
    }

    /// They take some 20 us each, with what they send. As few in a turn make no difference to others; more run in turns that are long anyway,
    /// so that under load those that waited get their share.
    static let fewest = 3
    static let most = 16
    /// Nanoseconds that a turn lasts already for each that runs in it.
    static let share: UInt64 = 20_000

    private var wakes: [Wake] = []
    private var head = 0
    private var turn: UInt64 = 0
    private var ran = 0
    private var allowed = 0

    var isEmpty: Bool { head == wakes.count }

    /// Whether one more may run in the turn that began at `now`; counts it.
    /// - Parameter clock: the time; looked at once a turn.
    mutating func admits(now: UInt64, clock: () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }) -> Bool {
        if turn != now {
            turn = now
            ran = 0
            let spent = clock()
            allowed = min(max(Int((spent - min(now, spent)) / Self.share), Self.fewest), Self.most)
        }
        guard ran < allowed else { return false }
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
