import Glibc

/// "2026-11-29 23:59:59 UTC"
enum UTCTime {
    static func text(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { room in
            guard let base = room.baseAddress, strftime(base, 64, "%Y-%m-%d %H:%M:%S UTC", &parts) > 0 else { return "?" }
            return String(cString: base)
        }
    }
}
