/// Whether a plugin fails for so many sessions that it is better not to run it: a circuit breaker.
///
/// Nothing is counted as long as nothing fails: how often handlers were called is taken from their own numbers, when a failure asks for it. The
/// breaker says when it wants them (`Act.count`) and judges when it has them.
public struct Breaker: Sendable {
    public enum State: Equatable, Sendable {
        case closed
        /// The plugin does not run.
        case open(until: UInt64)
        /// Some calls are let through, to see whether it is well again.
        case probing
    }

    public enum Act: Equatable, Sendable {
        case none
        /// The handlers' numbers of all loops are wanted, for `counted`.
        case count
        /// Open from now on.
        case opened(until: UInt64)
        case closed
    }

    /// One call that failed.
    public struct Failure: Sendable {
        /// "inbound.message_request"
        public var handler: String
        /// Whoever's call it was: a session and its user, or for logins the address.
        public var session: UInt64
        public var user: UInt64
        public var loop: Int

        public init(handler: String, session: UInt64, user: UInt64, loop: Int) {
            self.handler = handler
            self.session = session
            self.user = user
            self.loop = loop
        }
    }

    /// Why it opened.
    public struct Trip: Equatable, Sendable {
        public var handler: String
        public var calls: UInt64
        public var failures: UInt64
    }

    /// A handler that fails in this window.
    private struct Suspect {
        var failures: UInt64 = 0
        /// No more of them than the policy asks for.
        var sessions: Set<UInt64> = []
        var users: Set<UInt64> = []
        /// Failures at which it is worth counting (again).
        var nextCount: UInt64
        /// Those seen when it was counted last.
        var counted: UInt64 = 0
    }

    let policy: GuardPolicy
    public internal(set) var state = State.closed
    /// How often it opened, probes that failed included.
    public internal(set) var openings: UInt64 = 0
    /// When it opened first, until it is closed.
    public internal(set) var openedAt: UInt64 = 0
    public private(set) var lastTrip: Trip?
    /// Whether no probe failed since it opened.
    public internal(set) var isFirstOpening = false

    private var windowStart: UInt64?
    private var suspects: [String: Suspect] = [:]
    /// Handlers' numbers at the window's start, by loop.
    private var base: [Int: HandlerCounts] = [:]
    private var isCounting = false

    var coolDown: UInt64 = 0
    var closedAt: UInt64 = 0
    var probing = Probing()

    public init(_ policy: GuardPolicy = GuardPolicy()) { self.policy = policy }

    /// - Parameter counts: the handlers' numbers of the loop where it failed, this failure included.
    public mutating func failed(_ failure: Failure, at now: UInt64, counts: () -> HandlerCounts) -> Act {
        switch state {
        case .open: return .none  // it had begun before
        case .probing: return probeFailed(at: now)
        case .closed: break
        }
        if windowStart.map({ now >= $0 && now - $0 >= policy.breakerWindow }) ?? true { begin(at: now) }
        if base[failure.loop] == nil {
            var counts = counts()
            if let own = counts[failure.handler] { counts[failure.handler] = own.since(HandlerCount(calls: 1, failures: 1)) }
            base[failure.loop] = counts
        }
        let isFirst = suspects.isEmpty
        let first = Suspect(nextCount: enough + 1)
        var suspect = suspects[failure.handler] ?? first
        suspect.failures += 1
        if suspect.sessions.count < policy.distinctSessions { suspect.sessions.insert(failure.session) }
        if suspect.users.count < policy.distinctUsers { suspect.users.insert(failure.user) }
        suspects[failure.handler] = suspect
        guard !isCounting, isFirst || isWorthCounting(suspect) else { return .none }
        isCounting = true
        return .count
    }

    /// The numbers that were asked for, by loop.
    public mutating func counted(_ counts: [Int: HandlerCounts], at now: UInt64) -> Act {
        isCounting = false
        guard state == .closed, windowStart != nil else { return .none }
        // A loop without a failure until now: what it does from here on counts.
        for (loop, own) in counts where base[loop] == nil { base[loop] = own }
        for (name, suspect) in suspects where isWorthCounting(suspect) {
            let seen = counts.reduce(HandlerCount()) { sum, loop in
                sum + (loop.value[name] ?? HandlerCount()).since(base[loop.key]?[name] ?? HandlerCount())
            }
            if seen.calls >= policy.calls, Double(seen.failures) > Double(seen.calls) * policy.failingShare {
                lastTrip = Trip(handler: name, calls: seen.calls, failures: seen.failures)
                return open(at: now)
            }
            var suspect = suspect
            suspect.nextCount = seen.failures + (policy.calls > seen.calls ? policy.calls - seen.calls : enough)
            // The loops went on meanwhile, and there may be no further failure to ask for it.
            if isWorthCounting(suspect), seen.failures > suspect.counted { isCounting = true }
            suspect.counted = seen.failures
            suspects[name] = suspect
        }
        return isCounting ? .count : .none
    }

    /// Failures that are too many of the fewest calls that say something.
    private var enough: UInt64 { UInt64(Double(policy.calls) * policy.failingShare) }

    private func isWorthCounting(_ suspect: Suspect) -> Bool {
        suspect.failures >= suspect.nextCount && suspect.sessions.count >= policy.distinctSessions
            && suspect.users.count >= policy.distinctUsers
    }

    private mutating func begin(at now: UInt64) {
        windowStart = now
        suspects = [:]
        base = [:]
    }

    private mutating func open(at now: UInt64) -> Act {
        // One that comes back soon after it was well is not well.
        let isBack = coolDown > 0 && now - closedAt < policy.longestCoolDown
        openedAt = now
        isFirstOpening = true
        return open(at: now, for: isBack ? min(coolDown * 2, policy.longestCoolDown) : policy.shortestCoolDown)
    }

    mutating func open(at now: UInt64, for length: UInt64) -> Act {
        coolDown = length
        openings += 1
        windowStart = nil
        suspects = [:]
        base = [:]
        state = .open(until: now + length)
        return .opened(until: now + length)
    }
}
