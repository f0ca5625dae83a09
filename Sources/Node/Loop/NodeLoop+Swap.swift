import Dispatch
import Messaging
import PluginHost
import Reactor

// From one generation to the next, and the end of old ones.
extension NodeLoop {
    /// Events a tick while a switch is near.
    private static let fewEvents = 4

    /// Short ticks until the switch.
    func comeNear(_ barrier: SwapBarrier) {
        loop.eventLimit = Self.fewEvents
        barrier.comesNear()
    }

    /// The loop's part in a switch: a task between two messages. Saves, restores, votes, waits for the other loops, and switches with them
    /// or leaves everything as it was.
    func takePart(in swap: LoopSwap, _ barrier: SwapBarrier) {
        loop.eventLimit = EventLoop.eventRoom
        guard let current = plugins else { return barrier.abandon(ended: index) }
        // What old handlers queued leaves through the old chain: behind a chain that is gone it could be overtaken.
        if !outbox.isEmpty { runOutbox(current) }
        let began = DispatchTime.now().uptimeNanoseconds
        guard barrier.arrive(index) else { return }
        let switches = barrier.vote(index, failure: handOver(swap, from: current))
        if switches {
            install(swap.state)
            resetGuards(swap.state)
            for reader in noteReaders where reader.generation != swap.state.generation { reader.outdated() }
            if cluster != nil { setRules(swap.generation.digest) }
            shared.openDirectory.store(swap.generation.openDirectory, ordering: .relaxed)
            if swap.generation.storesMessages { shared.messages.use() }
            startTimers(of: swap.state, swap.generation.checked.plugins)
        }
        let pause = DispatchTime.now().uptimeNanoseconds - began
        swapPauses.add(pause)
        guard switches else { return }
        barrier.switched(index, after: pause)
        leave(current)
        // Functions that `init` and `restore` gave to hpush.spawn.
        afterRun(swap.state)
    }

    private func handOver(_ swap: LoopSwap, from current: PluginState) -> HandOverFailure? {
        for step in swap.steps {
            do throws(HandOverFailure) { try swap.state.takeOver(step, from: current) } catch { return error }
        }
        return nil
    }

    // MARK: Old generations

    /// A state is not in force any more: what waits in it may finish, its timers and what they and others spawned end.
    private func leave(_ state: PluginState) {
        old.append(OldGeneration(state: state, deadline: loop.now + UInt64(state.limits.waitMilliseconds) * 1_000_000))
        shared.oldStates.wrappingAdd(1, ordering: .relaxed)
        ending += background
        background = []
        state.dropSpawned()
        endBackground()
        releaseDrained()
    }

    /// Waits that end with their generation: some at a time, for there may be many.
    private func endBackground() {
        for _ in 0..<256 {
            guard let key = ending.popLast() else { break }
            cancelWait(key)
        }
        if !ending.isEmpty { loop.execute { [unowned self] in endBackground() } }
    }

    /// When nothing waits any more in a state that was left behind, in the loop's nanoseconds.
    func deadline(of state: PluginState) -> UInt64 { old.first { $0.state === state }?.deadline ?? loop.now }

    /// The next round of functions that spawned functions spawned. Those of an old generation end with its deadline.
    func spawnedAgain(_ state: PluginState) {
        if state === plugins { return afterRun(state) }
        guard old.contains(where: { $0.state === state }) else { return }
        if loop.now < deadline(of: state) { afterRun(state) } else { state.dropSpawned() }
        releaseDrained()
    }

    /// Lets go of old states in which nothing waits any more, at the loop's next turn: now one may be in use below.
    func releaseDrained() {
        if releaseScheduled || !old.contains(where: \.isDrained) { return }
        releaseScheduled = true
        loop.execute { [unowned self] in
            releaseScheduled = false
            let drained = old.filter(\.isDrained)
            // Before they are handed over: then they are freed at any moment.
            old.removeAll(where: \.isDrained)
            for generation in drained {
                pastHandlers.add(generation.state)
                shared.oldStates.wrappingSubtract(1, ordering: .relaxed)
                retire(StateReference(generation.state))
            }
            if let plugins { pastHandlers.keep(plugins) }
        }
    }
}
