/// From when on it may be missing what another node said: its link is silent or gone, or it was until a moment ago, and what waited is still coming.
/// Pure; times in milliseconds of one clock.
struct PeerHearing {
    /// A node says something every second; after so long in silence something is missing.
    static let patience: UInt64 = 2500
    /// What waited is here when the node has been heard for so long again.
    static let settling: UInt64 = 1000

    /// A node whose registration is gone may live, and have stood still for longer than that lasts: what it said is missing for so long, unless it is
    /// known to be dead.
    static let memory: UInt64 = 60_000

    private struct Gap {
        /// What was said before it is here.
        var since: UInt64
        /// nil: it goes on.
        var ended: UInt64?
    }

    private var last: UInt64
    private var gap: Gap?
    /// Its process is not there any more: it says nothing, and nothing it said comes.
    private var isGone = false
    /// When its registration went.
    private var left: UInt64?

    /// The link is there for the first time: nothing was said before.
    init(now: UInt64) { last = now }

    mutating func heard(_ now: UInt64) {
        if now > last + Self.patience { begin(now) }
        end(now)
        last = now
        isGone = false
        left = nil
    }

    mutating func closed(_ now: UInt64) { begin(now) }

    /// There is a link again.
    mutating func opened(_ now: UInt64) {
        begin(now)
        heard(now)
    }

    mutating func gone() { isGone = true }

    mutating func unregistered(_ now: UInt64) {
        begin(now)
        left = now
    }

    /// Nobody need keep it.
    func isOver(_ now: UInt64) -> Bool { left.map { isGone || now > $0 + Self.memory } ?? false }

    /// Not only may something be missing: nothing comes at all.
    func isSilent(_ now: UInt64) -> Bool { missing(now) != nil && gap?.ended == nil }

    /// Others see it no more; it may be dead.
    var isUnregistered: Bool { left != nil }

    /// nil: nothing is missing.
    func missing(_ now: UInt64) -> UInt64? {
        if isGone || isOver(now) { return nil }
        if let gap, gap.ended.map({ now < $0 + Self.settling }) ?? true { return gap.since }
        return now > last + Self.patience ? last : nil
    }

    private mutating func begin(_ now: UInt64) {
        // One that has not passed yet goes on.
        if let before = gap, before.ended.map({ now < $0 + Self.settling }) ?? true {
            gap?.ended = nil
        } else {
            gap = Gap(since: last)
        }
    }

    private mutating func end(_ now: UInt64) {
        if gap != nil, gap?.ended == nil { gap?.ended = now }
    }
}
