/// A time that scripts see instead of the machine's: for tests and replays.
public struct PluginTime: Sendable, Equatable {
    /// Seconds since 1970.
    public var now: Double
    /// Seconds from wherever, never going back.
    public var monotonic: Double

    public init(now: Double, monotonic: Double) {
        self.now = now
        self.monotonic = monotonic
    }
}
