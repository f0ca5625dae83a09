import Foundation
import Node

/// What guards do about a plugin, in words; nothing where all is well.
enum GuardReport {
    static func lines(_ guards: PluginGuardInfo, at now: Double = Date().timeIntervalSince1970) -> [String] {
        var lines: [String] = []
        let reason = guards.reason.map { ": \($0)" } ?? ""
        let since = guards.since.map { " for \(Amount.duration(now - $0))" } ?? ""
        switch guards.state {
        case .running: break
        case .quarantined:
            let next = guards.until.map { $0 > now ? ", tried again in \(Amount.duration($0 - now))" : ", tried at its next call" } ?? ""
            lines.append("QUARANTINED\(since)\(next)\(reason)")
        case .probing: lines.append("QUARANTINED\(since), some calls are tried\(reason)")
        }
        if guards.throttledSessions > 0 {
            lines.append(
                guards.throttledSessions == 1 ? "1 session throttled" : "\(Amount.count(guards.throttledSessions)) sessions throttled")
        }
        return lines
    }
}
