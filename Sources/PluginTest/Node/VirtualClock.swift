import PluginHost

/// Time that moves only when it is told to, and the timers on it.
///
/// Timers fire in the order of their times; those of the same time in the order they were set.
final class VirtualClock {
    struct Timer {
        let id: UInt64
        /// Nanoseconds of this clock.
        let due: UInt64
        let action: () -> Void
    }

    /// Nanoseconds since the clock was made.
    private(set) var nanoseconds: UInt64 = 0
    /// Unix time at nanosecond 0.
    private var wallStart: Double
    /// The next one last.
    private var timers: [Timer] = []
    private var lastID: UInt64 = 0

    init(unix: Double) { wallStart = unix }

    /// Monotonic seconds.
    var seconds: Double { Double(nanoseconds) / 1e9 }
    /// Seconds since 1970.
    var unix: Double { wallStart + seconds }
    var unixMilliseconds: UInt64 { UInt64(max(0, (unix * 1000).rounded(.down))) }
    var time: PluginTime { PluginTime(now: unix, monotonic: seconds) }

    /// Sets the wall clock; what runs by the monotonic one does not notice.
    func setUnix(_ unix: Double) { wallStart = unix - seconds }

    /// Milliseconds, at least one: the node's timers are no finer.
    func schedule(afterMilliseconds milliseconds: Int, _ action: @escaping () -> Void) -> UInt64 {
        lastID += 1
        let timer = Timer(id: lastID, due: nanoseconds + UInt64(max(milliseconds, 1)) * 1_000_000, action: action)
        var low = 0, high = timers.count
        while low < high {
            let middle = (low + high) / 2
            if timers[middle].due > timer.due { low = middle + 1 } else { high = middle }
        }
        timers.insert(timer, at: low)
        return timer.id
    }

    func cancel(_ id: UInt64) {
        if let index = timers.lastIndex(where: { $0.id == id }) { timers.remove(at: index) }
    }

    /// Moves on without firing anything: what is due by then fires late.
    func skip(seconds: Double) { nanoseconds += UInt64(seconds * 1e9) }

    /// Goes on to the next timer that is due until then, and takes it; nil when there is none, with the clock at `end`.
    func next(until end: UInt64) -> Timer? {
        guard let timer = timers.last, timer.due <= end else {
            nanoseconds = max(nanoseconds, end)
            return nil
        }
        timers.removeLast()
        nanoseconds = max(nanoseconds, timer.due)
        return timer
    }
}
