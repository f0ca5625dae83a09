import Dispatch
import Logging
import PluginHost
import Synchronization

/// The breakers of the plugins in force, for all loops of a node. Nobody comes here as long as nothing fails.
///
/// Any thread. A generation that comes into force begins with closed breakers.
final class PluginGuards: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var switchedAt: UInt64 = 0
        var breakers: [String: Breaker] = [:]
        /// The last failure of each plugin that has a breaker.
        var reasons: [String: String] = [:]
        /// Plugins that were quarantined when the generation came: those before were no better.
        var ailing: Set<String> = []
    }

    /// A generation is rolled back for what it does in its first minutes; later something else is the cause.
    private static let rollbackTime: UInt64 = 600_000_000_000

    private let loops: [NodeLoop]
    private let logger: Logger
    private let policy: GuardPolicy
    private let state: Mutex<State>
    /// Rolls a generation back in the place of a quarantine; what it returns says whether it will try. Told how that ended.
    private let rollBack: @Sendable (_ generation: UInt64, _ reason: String, _ failed: @escaping @Sendable () -> Void) -> Bool

    init(
        _ loops: [NodeLoop], policy: GuardPolicy, logger: Logger,
        rollBack: @escaping @Sendable (_ generation: UInt64, _ reason: String, _ failed: @escaping @Sendable () -> Void) -> Bool
    ) {
        self.loops = loops
        self.policy = policy
        self.logger = logger
        self.rollBack = rollBack
        state = Mutex(State())
    }

    /// A generation is in force; the first of its loops says so.
    func begin(_ generation: UInt64) {
        state.withLock { state in
            guard generation > state.generation else { return }
            state.ailing = Set(state.breakers.filter { $0.value.state != .closed }.keys)
            state.generation = generation
            state.switchedAt = Self.now
            state.breakers = [:]
            state.reasons = [:]
        }
    }

    /// A handler failed.
    /// - Parameter counts: the numbers of the plugin's handlers on the failure's loop.
    func failed(_ failure: PluginFailure, _ call: Breaker.Failure, generation: UInt64, counts: () -> HandlerCounts) {
        let now = Self.now
        let act = state.withLock { state in
            guard generation == state.generation else { return Breaker.Act.none }
            state.reasons[failure.plugin] = failure.reason
            return state.breakers[failure.plugin, default: Breaker(policy)].failed(call, at: now, counts: counts)
        }
        apply(act, failure.plugin, generation)
    }

    /// Whether a call of a plugin in quarantine may run, to see whether it is well again.
    func probes(_ plugin: String, session: UInt64, generation: UInt64) -> Bool {
        let now = Self.now
        return state.withLock { state in
            guard generation == state.generation else { return true }
            return state.breakers[plugin]?.probes(session, at: now) ?? true
        }
    }

    func probePassed(_ plugin: String, generation: UInt64) {
        let now = Self.now
        let act = state.withLock { state in
            generation == state.generation ? state.breakers[plugin]?.probePassed(at: now) ?? .none : .none
        }
        apply(act, plugin, generation)
    }

    // MARK: Acting

    private func apply(_ act: Breaker.Act, _ plugin: String, _ generation: UInt64) {
        switch act {
        case .none: break
        case .count: count(plugin, generation)
        case .opened(let until): opened(plugin, generation, until: until)
        case .closed:
            logger.notice("plugin is well again: it runs", metadata: ["plugin": "\(plugin)", "generation": "\(generation)"])
            onLoops(generation) { $0.endQuarantine(of: plugin) }
        }
    }

    private func count(_ plugin: String, _ generation: UInt64) {
        let round = CountRound(loops.count) { [self] counts in
            let now = Self.now
            let act = state.withLock { state in
                generation == state.generation ? state.breakers[plugin]?.counted(counts, at: now) ?? .none : .none
            }
            apply(act, plugin, generation)
        }
        for owner in loops {
            let asked = owner.loop.execute { round.add(owner.handlerCounts(of: plugin, generation), loop: owner.index) }
            if !asked { round.add([:], loop: owner.index) }
        }
    }

    private func opened(_ plugin: String, _ generation: UInt64, until: UInt64) {
        let now = Self.now
        let (breaker, reason, isNew) = state.withLock { state in
            let isNew = now - state.switchedAt < Self.rollbackTime && !state.ailing.contains(plugin)
            return (state.breakers[plugin], state.reasons[plugin] ?? "", isNew)
        }
        guard let breaker else { return }
        let quarantine: @Sendable () -> Void = { [self] in
            var metadata: Logger.Metadata = [
                "plugin": "\(plugin)", "generation": "\(generation)", "next_try_s": "\((until - now + 500_000_000) / 1_000_000_000)",
            ]
            if breaker.isFirstOpening, let trip = breaker.lastTrip {
                metadata["handler"] = "\(trip.handler)"
                metadata["failed"] = "\(trip.failures) of \(trip.calls) calls"
                logger.error("plugin quarantined, it fails for many sessions: \(reason)", metadata: metadata)
            } else {
                logger.warning("plugin stays in quarantine, it fails still: \(reason)", metadata: metadata)
            }
            onLoops(generation) { $0.quarantine(plugin, until: until) }
        }
        if breaker.isFirstOpening, isNew, rollBack(generation, "plugin \(plugin) fails for many sessions: \(reason)", quarantine) { return }
        quarantine()
    }

    private func onLoops(_ generation: UInt64, _ act: @escaping @Sendable (NodeLoop) -> Void) {
        for owner in loops {
            owner.loop.execute { if owner.plugins?.generation == generation { act(owner) } }
        }
    }

    // MARK: Looking

    /// What a plugin's breaker says; nil where nothing failed.
    func look(_ plugin: String) -> (breaker: Breaker, reason: String)? {
        state.withLock { state in state.breakers[plugin].map { ($0, state.reasons[plugin] ?? "") } }
    }

    /// The monotonic clock of the loops, in nanoseconds.
    static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
}
