/// When guards step in, and for how long. Times in nanoseconds.
public struct GuardPolicy: Sendable, Equatable {
    // One session and one plugin.

    /// So many failures of one session within `sessionWindow` throttle it.
    public var failuresOfSession = 5
    public var sessionWindow: UInt64 = 10_000_000_000
    /// The first time; it doubles each time it fails again, up to `longestThrottle`.
    public var shortestThrottle: UInt64 = 1_000_000_000
    public var longestThrottle: UInt64 = 60_000_000_000
    /// Sessions that failed lately, a loop. Those beyond it are not throttled; they still count for the breaker.
    public var sessions = 4096

    // One plugin and all sessions.

    /// Calls of one handler within `breakerWindow` from which on the share of failures says something.
    public var calls: UInt64 = 100
    public var breakerWindow: UInt64 = 30_000_000_000
    /// Sessions, and users among them, that it must have failed for: one user alone quarantines nothing.
    public var distinctSessions = 10
    public var distinctUsers = 2
    /// More failures than this share of the calls are too many.
    public var failingShare = 0.5
    /// The first time; it doubles with each probe that fails, up to `longestCoolDown`.
    public var shortestCoolDown: UInt64 = 10_000_000_000
    public var longestCoolDown: UInt64 = 300_000_000_000
    /// After the cool-down so many calls are let through, of different sessions where there are others; most of them decide.
    public var probes = 3
    /// One session gets another probe after so long if no other asked.
    public var probePause: UInt64 = 1_000_000_000
    /// A probe that did not end after so long (its session is gone) makes room for another.
    public var probePatience: UInt64 = 30_000_000_000

    public init() {}
}
