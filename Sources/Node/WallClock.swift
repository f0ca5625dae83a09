import Glibc

/// The time of day.
enum WallClock {
    /// Milliseconds since 1970. Any thread.
    static var milliseconds: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000
    }
}
