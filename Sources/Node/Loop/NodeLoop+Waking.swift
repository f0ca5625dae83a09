import PluginHost

// Handlers that go on after a wait.
extension NodeLoop {
    /// A wait is over: its handler goes on now, or in one of the next turns when many do.
    func wake(_ execution: UInt64, of state: PluginState, with result: Result<[LuaValue], HostCallError>) {
        if wakes.isEmpty, wakes.admits(now: loop.now) { return resume(execution, of: state, with: result) }
        if wakes.isEmpty { scheduleWakes() }
        wakes.append(.init(execution: execution, state: state, result: result))
    }

    private func scheduleWakes() { loop.execute { [unowned self] in runWakes() } }

    private func runWakes() {
        while !wakes.isEmpty {
            guard wakes.admits(now: loop.now), let wake = wakes.next() else { return scheduleWakes() }
            resume(wake.execution, of: wake.state, with: wake.result)
        }
    }
}
