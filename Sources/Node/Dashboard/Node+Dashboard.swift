import Dispatch
import Foundation
import Measures
import PluginHost
import Reactor
import Synchronization

// What the dashboard shows.
extension Node {
    public func dashboard(after number: UInt64) async -> DashboardAnswer {
        let bundles = generations.current?.checked.sources.bundles ?? []
        return DashboardAnswer(
            time: Date().timeIntervalSince1970, status: await status(), plugins: await plugins(),
            generations: generations.all.map { .init(number: $0.number, rulesOf: $0.rulesOf, since: $0.since) },
            changes: shared.ruleChanges.all, errors: shared.pluginErrors.all.map { .init($0, bundles) },
            outcomes: activity.outcomes(await statistics()), loops: await loopInfos(), points: activity.points(after: number))
    }

    private func loopInfos() async -> [DashboardAnswer.Loop] {
        var infos: [DashboardAnswer.Loop] = []
        for owner in loops {
            let scripts = await owner.ask { ($0.plugins?.waiting ?? 0, $0.plugins?.memory ?? 0) }
            let counters = owner.loop.counters
            infos.append(
                .init(
                    loop: owner.index, bytesReceived: counters.bytesIn, bytesSent: counters.bytesOut, bytesWaiting: counters.waitingBytes,
                    tickP99: owner.loop.ticksTook.quantile(0.99).map { $0 * 1000 }, waitingHandlers: scripts?.0 ?? 0,
                    scriptBytes: scripts?.1 ?? 0))
        }
        return infos
    }

    /// Takes a point every two seconds, until cancelled.
    func followActivity() -> Task<Void, Never> {
        Task { [weak self] in
            while !Task.isCancelled {
                await self?.takePoint()
                try? await Task.sleep(for: .seconds(Activity.seconds))
            }
        }
    }

    private func takePoint() async {
        var counts = ActivityCounts()
        var longest: [Int] = []
        for owner in loops {
            let own = await owner.ask { owner in
                let counters = owner.loop.counters
                owner.loop.resetLongestTick()
                return (owner.statistics, counters, owner.loop.ticksTook)
            }
            guard let (statistics, counters, ticks) = own else { return }
            counts.statistics.add(statistics)
            counts.bytesReceived += counters.bytesIn
            counts.bytesSent += counters.bytesOut
            counts.bytesWaiting += counters.waitingBytes
            counts.longestTick = max(counts.longestTick, counters.longestTick)
            counts.ticks.add(ticks)
            longest.append(counters.longestTick)
        }
        let store = shared.messages.writer.current
        counts.commits = store.took
        counts.storeWrites = store.writes
        counts.connections = shared.connections.load(ordering: .relaxed)
        counts.sessions = shared.sessions.load(ordering: .relaxed)
        counts.residentBytes = ProcessMemory.resident
        counts.at = DispatchTime.now().uptimeNanoseconds
        activity.add(counts, longest: longest, time: Date().timeIntervalSince1970)
    }
}

extension DashboardAnswer.PluginError {
    init(_ entry: PluginErrors.Entry, _ bundles: [PluginBundle]) {
        let place = entry.failure.place(in: bundles)
        self.init(
            plugin: entry.failure.plugin, handler: entry.failure.handler, kind: entry.failure.kind.rawValue, generation: entry.generation,
            file: place?.file, line: place?.line, reason: String((place?.reason ?? entry.failure.reason).prefix(500)), count: entry.count,
            first: entry.first, last: entry.last)
    }
}
