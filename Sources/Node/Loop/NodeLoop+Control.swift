import Messaging
import PluginHost
import Reactor

// Beginning, and what is asked from other threads through `EventLoop.execute`.
extension NodeLoop {
    /// The loop's first act: it is watched, and the plugins' timers start. Timers run on the first loop, those of `each_loop` on all.
    func begin(_ checked: PluginLoader.Checked) {
        if !Watchdog.watchThread() { logger.error("the watchdog does not watch this loop") }
        guard let state = plugins else { return }
        afterRun(state)
        for (plugin, description) in checked.plugins.enumerated() {
            for (position, timer) in description.timers.enumerated() where timer.eachLoop || index == 0 {
                let timer = PluginTimer(self, state, plugin: plugin, index: position, seconds: timer.every)
                timers.append(timer)
                timer.start()
            }
        }
    }

    /// Runs on the loop and gives its result to the caller; nil when the loop has ended.
    func ask<Result: Sendable>(_ question: @escaping @Sendable (NodeLoop) -> Result) async -> Result? {
        await withCheckedContinuation { answer in
            let taken = loop.execute { answer.resume(returning: question(self)) }
            if !taken { answer.resume(returning: nil) }
        }
    }
}
