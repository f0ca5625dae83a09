import Foundation

/// CPU time of another process.
enum ServerTime {
    /// User and system seconds so far; nil when there is no such process.
    static func read(_ process: Int) -> Double? {
        guard process > 0, let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // The fields after the name begin with the third (proc(5)): user and system time are the 14th and 15th.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
