import PluginHost
import Reactor

/// One entry of a plugin's `timers` on one loop, for as long as its state is in force.
final class PluginTimer: TimerTarget {
    let plugin: Int
    let index: Int
    private let name: String
    private let milliseconds: Int
    private unowned let owner: NodeLoop
    private let state: PluginState
    private var timer = TimerID.none
    /// In the loop's nanoseconds.
    private var due: UInt64 = 0

    init(_ owner: NodeLoop, _ state: PluginState, plugin: Int, index: Int, seconds: Double) {
        self.owner = owner
        self.state = state
        self.plugin = plugin
        self.index = index
        name = state.pluginNames[plugin]
        milliseconds = max(Int(seconds * 1000), 10)
    }

    /// - Parameter old: the timers of the generation before. The same one there, of the same plugin, place and period, hands its time
    ///   over: reloads more frequent than a timer's period must not put it off for ever.
    func start(after old: [PluginTimer] = []) {
        let same = old.first { $0.name == name && $0.index == index && $0.milliseconds == milliseconds }
        schedule(at: same?.due ?? owner.loop.now + UInt64(milliseconds) * 1_000_000)
    }

    private func schedule(at time: UInt64) {
        due = time
        let now = owner.loop.now
        timer = owner.loop.scheduleTimer(afterMilliseconds: time > now ? Int((time - now) / 1_000_000) : 0, self)
    }

    func stop() { owner.loop.cancelTimer(timer) }

    func timerFired(tag: UInt32, loop: EventLoop) {
        schedule(at: loop.now + UInt64(milliseconds) * 1_000_000)
        owner.runTimer(self, state)
    }
}
