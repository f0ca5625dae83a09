import Glibc

/// The clock the loop's time is from, read anew.
enum SessionClock {
    /// Milliseconds.
    static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
