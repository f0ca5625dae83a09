import PluginHost

/// What the plugins did between two looks at a node (`hpush plugin top`): pure arithmetic on two listings.
public struct PluginRates: Codable, Sendable {
    public struct Plugin: Codable, Sendable {
        public var name: String
        public var version: String?
        public var guards: PluginGuardInfo
        /// All its handlers together.
        public var total: Handler
        /// Those that ever ran.
        public var handlers: [Handler]
    }

    public struct Handler: Codable, Sendable {
        public var name: String
        public var callsPerSecond: Double
        /// Errors, and stops over a budget.
        public var failuresPerSecond: Double
        public var allocatedBytesPerSecond: Double
        /// Microseconds without waiting, of calls in this time if enough were timed, else since the generation began; nil before the first.
        public var p50Microseconds: Double?
        public var p99Microseconds: Double?
        /// Share of one loop's time, waits left out.
        public var share: Double
    }

    /// Fewer timed calls than this say little; one call in 64 is timed.
    private static let enoughTimed: UInt64 = 20

    public var generation: UInt64
    /// Handlers that wait, of this generation and of older ones.
    public var waiting: Int
    public var finishing: Int
    /// The time between the looks.
    public var seconds: Double
    public var plugins: [Plugin]

    /// - Parameter before: the look before; what another generation did is not counted.
    public init(from before: PluginListing, to now: PluginListing, seconds: Double) {
        generation = now.generation
        waiting = now.waiting
        finishing = now.finishing.reduce(0) { $0 + $1.handlers }
        self.seconds = seconds
        let isSame = before.generation == now.generation
        plugins = now.plugins.map { plugin in
            let old = isSame ? before.plugins.first { $0.name == plugin.name }?.handlers ?? [] : []
            func rate(_ handler: HandlerInfo) -> Handler {
                Handler(from: old.first { $0.name == handler.name }, to: handler, seconds, enough: Self.enoughTimed)
            }
            return Plugin(
                name: plugin.name, version: plugin.version, guards: plugin.guards,
                total: Handler(
                    from: HandlerInfo(sum: old, of: plugin.name), to: HandlerInfo(sum: plugin.handlers, of: plugin.name), seconds,
                    enough: Self.enoughTimed),
                handlers: plugin.handlers.filter { $0.calls > 0 }.map(rate))
        }
    }
}

extension PluginRates.Handler {
    fileprivate init(from before: HandlerInfo?, to now: HandlerInfo, _ seconds: Double, enough: UInt64) {
        func rate(_ value: (HandlerInfo) -> UInt64) -> Double {
            let old = before.map(value) ?? 0, new = value(now)
            return new > old && seconds > 0 ? Double(new - old) / seconds : 0
        }
        name = now.name
        callsPerSecond = rate(\.calls)
        failuresPerSecond = rate { $0.errors + $0.budgetKills }
        allocatedBytesPerSecond = rate(\.allocatedBytes)
        let fresh = now.timeBuckets.enumerated().map { index, count in
            let old = before.flatMap { index < $0.timeBuckets.count ? $0.timeBuckets[index] : nil } ?? 0
            return count > old ? count - old : 0
        }
        let buckets = fresh.reduce(0, +) >= enough ? fresh : now.timeBuckets
        p50Microseconds = HandlerStatistics.microseconds(quantile: 0.5, in: buckets)
        p99Microseconds = HandlerStatistics.microseconds(quantile: 0.99, in: buckets)
        let timed = rate(\.timedCalls) * seconds, took = now.timedSeconds - (before?.timedSeconds ?? 0)
        share = timed > 0 && took > 0 ? callsPerSecond * took / timed : 0
    }
}

extension HandlerInfo {
    /// All handlers of a plugin as one.
    fileprivate init(sum handlers: [HandlerInfo], of name: String) {
        var buckets: [UInt64] = []
        for handler in handlers {
            while buckets.count < handler.timeBuckets.count { buckets.append(0) }
            for (index, count) in handler.timeBuckets.enumerated() { buckets[index] += count }
        }
        self.init(
            name: name, calls: handlers.reduce(0) { $0 + $1.calls }, errors: handlers.reduce(0) { $0 + $1.errors },
            budgetKills: handlers.reduce(0) { $0 + $1.budgetKills }, timedCalls: handlers.reduce(0) { $0 + $1.timedCalls },
            timedSeconds: handlers.reduce(0) { $0 + $1.timedSeconds }, timeBuckets: buckets, p50Microseconds: nil, p99Microseconds: nil,
            allocatedBytes: handlers.reduce(0) { $0 + $1.allocatedBytes })
    }
}
