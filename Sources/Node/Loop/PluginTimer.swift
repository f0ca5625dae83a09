import PluginHost
import Reactor

/// One entry of a plugin's `timers` on one loop, for as long as its state is in force.
final class PluginTimer: TimerTarget {
    let plugin: Int
    let index: Int
    private let milliseconds: Int
    private unowned let owner: NodeLoop
    private var state: PluginState?

    init(_ owner: NodeLoop, _ state: PluginState, plugin: Int, index: Int, seconds: Double) {
        self.owner = owner
        self.state = state
        self.plugin = plugin
        self.index = index
        milliseconds = max(Int(seconds * 1000), 10)
    }

    func start() { _ = owner.loop.scheduleTimer(afterMilliseconds: milliseconds, self) }

    func stop() { state = nil }

    func timerFired(tag: UInt32, loop: EventLoop) {
        guard let state else { return }
        start()
        owner.runTimer(self, state)
    }
}
