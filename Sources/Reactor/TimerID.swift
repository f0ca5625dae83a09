/// Names one scheduled timer of one loop. An id kept for too long is harmless: it carries a generation and matches nothing.
public struct TimerID: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32

    /// Matches no timer.
    public static let none = TimerID(index: 0, generation: 0)
}
