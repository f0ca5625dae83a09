/// How far ahead of the ids given the mark on the disk is.
struct IDReserve {
    /// Milliseconds. Short at first: a node that crashes at each start is not to run far ahead of the clock.
    static let first: UInt64 = 5_000
    static let later: UInt64 = 60_000

    private(set) var mark: UInt64

    /// - Parameter start: milliseconds since 1970 from which ids are given.
    init(start: UInt64) { mark = start + Self.first }

    /// A new mark, when less than half of the reserve is left.
    /// - Parameter now: the clock, or where ids are if that is later.
    mutating func renewed(at now: UInt64) -> UInt64? {
        guard now + Self.later / 2 > mark else { return nil }
        mark = now + Self.later
        return mark
    }
}
