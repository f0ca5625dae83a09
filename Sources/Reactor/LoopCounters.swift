/// What a loop counts, since it started. The loop writes plain integers; a copy taken on another thread is not one instant.
public struct LoopCounters: Sendable {
    /// Turns of the loop.
    public var ticks = 0
    /// Times another thread had to wake it.
    public var wakeups = 0
    /// Open now.
    public var connections = 0
    /// Adopted so far.
    public var adopted = 0
    /// Bytes read.
    public var bytesIn = 0
    /// Bytes written.
    public var bytesOut = 0
    /// Bytes that wait to be written, in all connections.
    public var waitingBytes = 0
    /// Timers that fired.
    public var timersFired = 0
    /// Records taken from other loops.
    public var records = 0
    /// The longest tick since `EventLoop.resetLongestTick()`, from wake-up to the last flush. Nanoseconds.
    public var longestTick = 0

    public init() {}
}
