/// One session whose messages make one plugin fail: when it is kept from the plugin.
///
/// After `GuardPolicy.failuresOfSession` failures it is throttled, for a short time first. Then a single failure throttles it again, for twice as
/// long, until it goes a `sessionWindow` without one.
struct SessionThrottle: Equatable {
    private var failures = 0
    private var windowStart: UInt64
    /// How long the last throttling was; 0: it never was, or is forgiven.
    private var length: UInt64 = 0
    /// When the session may go on.
    private(set) var until: UInt64 = 0

    init(at now: UInt64) { windowStart = now }

    /// - Returns: until when the session is throttled from now on; nil if it is not, or was already.
    mutating func failed(at now: UInt64, _ policy: GuardPolicy) -> UInt64? {
        // A handler that had begun before, and waited.
        if now < until { return nil }
        if length > 0, now - until >= policy.sessionWindow { self = SessionThrottle(at: now) }
        if length == 0 {
            if now - windowStart >= policy.sessionWindow { self = SessionThrottle(at: now) }
            failures += 1
            if failures < policy.failuresOfSession { return nil }
        }
        length = length == 0 ? policy.shortestThrottle : min(length * 2, policy.longestThrottle)
        until = now + length
        return until
    }

    func admits(at now: UInt64) -> Bool { now >= until }

    /// Whether nothing has to be remembered of it any more.
    func isOver(at now: UInt64, _ policy: GuardPolicy) -> Bool {
        now >= until && now - max(windowStart, until) >= policy.sessionWindow
    }
}
