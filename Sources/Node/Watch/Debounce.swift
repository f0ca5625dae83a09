/// Makes one out of the many changes that saving a file is: an editor writes, renames and touches, a checkout writes hundreds of files.
struct Debounce {
    /// Nanoseconds without a change after which it is over.
    static let quiet: UInt64 = 200_000_000
    /// Nanoseconds after which it counts as over although changes go on.
    static let longest: UInt64 = 2_000_000_000

    private var first: UInt64?
    private var last: UInt64 = 0

    mutating func changed(at now: UInt64) {
        if first == nil { first = now }
        last = now
    }

    /// When it is over; nil while nothing has changed.
    var due: UInt64? { first.map { min(last + Self.quiet, $0 + Self.longest) } }

    /// Whether it is over; then it begins anew.
    mutating func isOver(at now: UInt64) -> Bool {
        guard let due, now >= due else { return false }
        first = nil
        return true
    }
}
