import Measures

/// All that a node has counted up to one moment: points are differences of two.
struct ActivityCounts: Sendable {
    /// Monotonic nanoseconds.
    var at: UInt64 = 0
    var statistics = LoopStatistics()
    var bytesReceived = 0
    var bytesSent = 0
    var bytesWaiting = 0
    /// Since the counts before, in nanoseconds.
    var longestTick = 0
    var ticks = DurationHistogram()
    var commits = DurationHistogram()
    var storeWrites: UInt64 = 0
    var connections = 0
    var sessions = 0
    var residentBytes: UInt64 = 0
}

extension ActivityPoint {
    init(_ number: UInt64, from old: ActivityCounts, to new: ActivityCounts, time: Double) {
        let seconds = max(Double(new.at &- old.at) / 1e9, 1e-3)
        func rate(_ value: (ActivityCounts) -> UInt64) -> Double {
            let before = value(old), after = value(new)
            return after > before ? Double(after - before) / seconds : 0
        }
        let ticks = new.ticks.since(old.ticks), commits = new.commits.since(old.commits)
        let before = old.statistics, after = new.statistics
        self.init(
            number: number, time: time, seconds: seconds, messagesReceived: rate(\.statistics.messagesReceived),
            messagesDelivered: rate(\.statistics.messagesDelivered), messagesForwarded: rate(\.statistics.messagesForwarded),
            messagesRefused: rate { $0.statistics.refusals.reduce(0, +) }, loginsAccepted: rate(\.statistics.loginsAccepted),
            loginsRefused: rate { $0.statistics.loginRefusals.reduce(0, +) }, bytesReceived: rate { UInt64($0.bytesReceived) },
            bytesSent: rate { UInt64($0.bytesSent) }, storeWrites: rate(\.storeWrites),
            pluginFailures: Double(after.failureCount - min(before.failureCount, after.failureCount)) / seconds,
            connections: new.connections, sessions: new.sessions, bytesWaiting: new.bytesWaiting, residentBytes: new.residentBytes,
            longestTick: Double(new.longestTick) / 1e6, tickP99: ticks.quantile(0.99).map { min($0 * 1000, Double(new.longestTick) / 1e6) },
            commitP50: commits.quantile(0.5).map { $0 * 1000 }, commitP99: commits.quantile(0.99).map { $0 * 1000 })
    }
}

extension LoopStatistics {
    var failureCount: UInt64 { pluginFailures.values.reduce(0, +) }
}
