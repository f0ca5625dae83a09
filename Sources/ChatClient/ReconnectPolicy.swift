/// When to try again after a connection was lost: exponential back-off with jitter, as a pure state machine.
///
/// A connection that holds for ``stableAfter`` ends the series; one that breaks earlier continues it, so that a node which accepts
/// and drops at once is not hammered.
public struct ReconnectPolicy: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        /// Try again after this time; `attempt` counts from 1 in a series.
        case retry(after: Duration, attempt: Int)
        /// The attempts are used up.
        case giveUp
    }

    /// The wait before the first attempt, before jitter.
    public let initialDelay: Duration
    /// No wait is longer than this.
    public let maximumDelay: Duration
    /// How much a wait is taken away from, at most: 0.25 gives 75 to 100 %. Spreads clients that lost the same node.
    public let jitter: Double
    /// Attempts in a series; nil for no limit.
    public let maximumAttempts: Int?
    /// How long a connection must hold to count as a success.
    public let stableAfter: Duration

    private var attempts = 0
    private var onlineSince: ContinuousClock.Instant?

    /// - Parameters:
    ///   - initialDelay: must be positive, otherwise 1 ms is taken.
    ///   - jitter: is clamped to 0...1.
    public init(
        initialDelay: Duration = .seconds(1), maximumDelay: Duration = .seconds(30), jitter: Double = 0.25,
        maximumAttempts: Int? = nil, stableAfter: Duration = .seconds(10)
    ) {
        self.initialDelay = max(initialDelay, .milliseconds(1))
        self.maximumDelay = max(maximumDelay, self.initialDelay)
        self.jitter = min(max(jitter, 0), 1)
        self.maximumAttempts = maximumAttempts
        self.stableAfter = stableAfter
    }

    /// A login succeeded.
    public mutating func connected(at now: ContinuousClock.Instant) {
        onlineSince = now
    }

    /// The connection was lost, or an attempt failed.
    ///
    /// - Parameter random: evenly spread in 0..<1.
    public mutating func lost(at now: ContinuousClock.Instant, random: Double) -> Action {
        if let since = onlineSince, since.duration(to: now) >= stableAfter {
            attempts = 0
        }
        onlineSince = nil
        if let maximumAttempts, attempts >= maximumAttempts { return .giveUp }
        attempts += 1
        return .retry(after: delay(attempt: attempts) * (1 - jitter * random), attempt: attempts)
    }

    private func delay(attempt: Int) -> Duration {
        // 2^20 is beyond any sensible ratio of the two delays and far from an overflow.
        let grown = initialDelay * (1 << min(attempt - 1, 20))
        return min(grown, maximumDelay)
    }
}
