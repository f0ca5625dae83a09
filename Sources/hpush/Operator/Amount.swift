import Foundation

/// Numbers as people read them.
enum Amount {
    /// "1,234,567"
    static func count(_ number: some BinaryInteger) -> String {
        var groups: [Substring] = []
        var digits = Substring(String(number))
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }

    /// "33.0 MiB"
    static func bytes(_ number: UInt64) -> String {
        guard number >= 1024 else { return "\(number) B" }
        var value = Double(number) / 1024
        for unit in ["KiB", "MiB", "GiB"] {
            if value < 1024 { return "\(tenths(value)) \(unit)" }
            value /= 1024
        }
        return "\(tenths(value)) TiB"
    }

    /// "1 d 2 h", "2 h 3 min", "3 min 4 s", "4 s"
    static func duration(_ seconds: Double) -> String {
        let all = Int(max(0, min(seconds, 1e12)))
        let (days, hours, minutes) = (all / 86400, all / 3600 % 24, all / 60 % 60)
        if days > 0 { return "\(days) d \(hours) h" }
        if hours > 0 { return "\(hours) h \(minutes) min" }
        return minutes > 0 ? "\(minutes) min \(all % 60) s" : "\(all) s"
    }

    /// "0.4 us", "1.2 ms"; "-" before the first.
    static func time(microseconds: Double?) -> String {
        guard let microseconds else { return "-" }
        return microseconds < 1000 ? "\(tenths(microseconds)) us" : "\(tenths(microseconds / 1000)) ms"
    }

    private static func tenths(_ number: Double) -> String { String(format: "%.1f", number) }
}
