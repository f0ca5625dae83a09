import Messaging
import PluginHost
import Reactor

// Beginning, and what is asked from other threads through `EventLoop.execute`.
extension NodeLoop {
    /// The loop's first act: it is watched, and the plugins' timers start.
    func begin(_ plugins: [PluginDescription]) {
        if !Watchdog.watchThread() { logger.error("the watchdog does not watch this loop") }
        // For so long without a word from here the others take this node for dead, and its clients go elsewhere.
        setObserved()
        if cluster != nil { loop.watchForStillstand(ofMilliseconds: shared.configuration.cluster.zookeeper.sessionTimeoutMilliseconds) }
        guard let state = self.plugins else { return }
        afterRun(state)
        startTimers(of: state, plugins)
    }

    /// In place of those that run. Timers run on the first loop, those of `each_loop` on all.
    func startTimers(of state: PluginState, _ plugins: [PluginDescription]) {
        let old = timers
        timers = []
        for (plugin, description) in plugins.enumerated() {
            for (position, timer) in description.timers.enumerated() where timer.eachLoop || index == 0 {
                let timer = PluginTimer(self, state, plugin: plugin, index: position, seconds: timer.every)
                timers.append(timer)
                timer.start(after: old)
            }
        }
        for timer in old { timer.stop() }
    }

    /// Runs on the loop and gives its result to the caller; nil when the loop has ended.
    func ask<Result: Sendable>(_ question: @escaping @Sendable (NodeLoop) -> Result) async -> Result? {
        await withCheckedContinuation { answer in
            let taken = loop.execute { answer.resume(returning: question(self)) }
            if !taken { answer.resume(returning: nil) }
        }
    }

    /// The same for what is known later: the question gets a function to answer by. nil when the loop ended before.
    func answer<Result: Sendable>(_ question: @escaping @Sendable (NodeLoop, @escaping @Sendable (Result) -> Void) -> Void) async -> Result?
    {
        await withCheckedContinuation { continuation in
            let later = LaterAnswer(continuation)
            loop.execute { question(self) { later.give($0) } }
        }
    }
}
