import Cluster
import Measures
import PluginHost
import Reactor

/// All that a scrape wants of one loop, told in one turn of it: a loop under load is asked once, not once a metric.
struct LoopReport: Sendable {
    struct State: Sendable {
        var generation: UInt64
        var memory: Int
        var waiting: Int
    }

    struct Peer: Sendable {
        var isOpen: Bool
        var waiting: Int
        var bytes: Int
    }

    struct Guarded: Sendable {
        var plugin: String
        var throttled: Int
        var refusals: GuardRefusals
    }

    var loop: Int
    var statistics: LoopStatistics
    var counters: LoopCounters
    var ticks: DurationHistogram
    /// Connections to which nothing can be written at present.
    var slowConsumers: Int
    /// Bytes on their way to other loops.
    var linkBytes: Int
    /// Of generations that are not in force any more first.
    var states: [State]
    /// The generation in force here; 0 where none is.
    var generation: UInt64
    /// Of the generation in force.
    var current: HandlerTotals
    /// Over all generations, of the handlers in force.
    var handlers: HandlerTotals
    var pauses: SwapPauses
    var guarded: [Guarded]
    var peers: [Peer]
    /// The generation's; the same for all loops.
    var workers: OffloadWorkers?

    /// On the loop.
    init(_ owner: NodeLoop) {
        loop = owner.index
        statistics = owner.statistics
        counters = owner.loop.counters
        ticks = owner.loop.ticksTook
        slowConsumers = owner.stalled.count
        linkBytes = owner.links.reduce(0) { $0 + ($1?.outstandingBytes ?? 0) }
        states = (owner.old.map(\.state) + (owner.plugins.map { [$0] } ?? [])).map {
            State(generation: $0.generation, memory: $0.memory, waiting: $0.waiting)
        }
        generation = owner.plugins?.generation ?? 0
        current = HandlerTotals()
        if let state = owner.plugins { current.add(state) }
        handlers = owner.allHandlers
        pauses = owner.swapPauses
        guarded = (owner.plugins?.pluginNames ?? []).enumerated().map { index, name in
            Guarded(
                plugin: name, throttled: owner.throttles.count(index, at: owner.loop.now),
                refusals: owner.guardRefusals[name] ?? GuardRefusals())
        }
        peers = owner.peers.values.map { Peer(isOpen: $0.isOpen, waiting: $0.waiting, bytes: $0.waitingBytes) }
        workers = owner.plugins?.offload
    }
}

extension NodeLoop {
    /// Every handler of the plugins in force, over all generations.
    var allHandlers: HandlerTotals {
        var own = pastHandlers
        for generation in old { own.add(generation.state) }
        if let state = plugins {
            own.add(state)
            own.keep(state)
        }
        return own
    }
}

extension Node {
    /// Of all loops that run, in their order; asked at the same time.
    func loopReports() async -> [LoopReport] {
        await withTaskGroup(of: LoopReport?.self) { group in
            for owner in loops { group.addTask { await owner.ask { LoopReport($0) } } }
            var reports: [LoopReport] = []
            for await report in group { if let report { reports.append(report) } }
            return reports.sorted { $0.loop < $1.loop }
        }
    }
}
