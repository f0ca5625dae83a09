import PluginHost

/// One entry of a plugin's `timers` on one loop, for as long as its state is in force.
final class VirtualTimer {
    let plugin: Int
    let index: Int
    private let milliseconds: Int
    private unowned let owner: VirtualLoop
    private var state: PluginState?

    init(_ owner: VirtualLoop, _ state: PluginState, plugin: Int, index: Int, seconds: Double) {
        self.owner = owner
        self.state = state
        self.plugin = plugin
        self.index = index
        milliseconds = max(Int(seconds * 1000), 10)
    }

    func start() {
        _ = owner.node.clock.schedule(afterMilliseconds: milliseconds) { [weak self] in self?.fired() }
    }

    func stop() { state = nil }

    private func fired() {
        guard let state else { return }
        start()
        owner.runTimer(self, state)
    }
}
