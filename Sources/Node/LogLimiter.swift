/// Lets a few log lines of one cause through a second and counts the rest.
package struct LogLimiter {
    private struct Window {
        var second: UInt64 = 0
        var count = 0
        var suppressed = 0
    }

    private let perSecond: Int
    private var windows: [String: Window] = [:]

    package init(perSecond: Int) { self.perSecond = perSecond }

    /// Whether to log now; nil if not, else how many lines were left out since the last one.
    package mutating func admit(_ cause: String, second: UInt64) -> Int? {
        if windows.count > 256 { windows.removeAll() }
        var window = windows[cause] ?? Window()
        defer { windows[cause] = window }
        if window.second != second {
            window.second = second
            window.count = 0
        }
        window.count += 1
        guard window.count <= perSecond else {
            window.suppressed += 1
            return nil
        }
        defer { window.suppressed = 0 }
        return window.suppressed
    }
}
