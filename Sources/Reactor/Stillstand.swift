/// Whether a loop was not run for long, because its process was stopped or its machine paused. Pure.
///
/// What peers sent before they gave up and closed still lies in the kernel then. They have sent it elsewhere since; it must not be acted upon.
struct Stillstand {
    /// So many nanoseconds between two ticks are one; 0: none is looked for.
    var patience: UInt64 = 0
    /// When the loop ran again; 0: it never stood still, or that is over.
    private(set) var end: UInt64 = 0

    /// Events of the time before may come so much later.
    private static let aftermath: UInt64 = 2_000_000_000

    /// A tick begins; the one before it began at `before`.
    mutating func woke(at now: UInt64, after before: UInt64) {
        if now &- before > patience { end = now } else if end != 0, now &- end > Self.aftermath { end = 0 }
    }

    /// Whether a connection that has ended did so, as far as can be known, while the loop stood still.
    /// - Parameter lastRead: in the loop's milliseconds.
    func covers(lastRead: UInt32) -> Bool {
        end != 0 && Int32(bitPattern: lastRead &- UInt32(truncatingIfNeeded: end / 1_000_000)) < 0
    }
}
