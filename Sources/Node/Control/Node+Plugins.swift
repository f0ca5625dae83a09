import Foundation
import PluginHost
import Reactor

// What operators see of the rules, and how they change them.
extension Node {
    public func reloadPlugins(_ trigger: ReloadTrigger) async throws(ReloadFailure) -> ReloadAnswer {
        try await generations.reload(trigger)
    }

    public func rollBackPlugins() async throws(ReloadFailure) -> ReloadAnswer { try await generations.rollBack() }

    public func plugins() async -> PluginListing {
        guard let current = generations.current else {
            return PluginListing(
                generation: 0, rulesOf: 0, since: 0, filesDiffer: false, rollbacks: 0, waiting: 0, finishing: [], plugins: [])
        }
        let reports = await loopReports()
        var handlers = HandlerTotals()
        var finishing: [UInt64: Int] = [:]
        for report in reports {
            handlers.add(report.current)
            for state in report.states where state.generation != report.generation {
                finishing[state.generation, default: 0] += state.waiting
            }
        }
        let waiting = reports.reduce(0) { $0 + ($1.states.first { $0.generation == current.number }?.waiting ?? 0) }
        let workers = reports.first?.workers
        let checked = current.checked
        let guards = guardInfos(reports)
        for description in checked.plugins { handlers.add(workers?.handlers(of: description.name) ?? [], of: description.name) }
        return PluginListing(
            generation: current.number, rulesOf: current.rulesOf, since: current.since, filesDiffer: generations.filesDiffer,
            pushed: generations.pushed.digest, rollbacks: generations.kept, waiting: waiting,
            finishing: finishing.sorted { $0.key < $1.key }.map { FinishingGeneration(generation: $0.key, handlers: $0.value) },
            plugins: checked.plugins.enumerated().map { index, description in
                PluginInfo(
                    name: description.name, version: description.version, file: checked.files[index], needs: description.needs,
                    guards: guards[description.name] ?? PluginGuardInfo(),
                    // Every plugin may spawn; a row says so once one did.
                    handlers: (handlers.plugins[description.name] ?? []).filter { $0.name != "spawn" || $0.calls > 0 }.map(HandlerInfo.init)
                )
            })
    }
}

extension HandlerInfo {
    init(_ statistics: HandlerStatistics) {
        self.init(
            name: statistics.name, calls: statistics.calls, errors: statistics.errors, budgetKills: statistics.budgetKills,
            timedCalls: statistics.timedCalls, timedSeconds: statistics.timedSeconds,
            timeBuckets: Array(statistics.timeBuckets.prefix((statistics.timeBuckets.lastIndex { $0 > 0 } ?? -1) + 1)),
            p50Microseconds: statistics.microseconds(quantile: 0.5), p99Microseconds: statistics.microseconds(quantile: 0.99),
            allocatedBytes: statistics.allocatedBytes)
    }
}
