import Foundation
import PluginHost

// What guards do, for operators.
extension Node {
    /// By plugin of the generation in force.
    func guardInfos(_ reports: [LoopReport]) -> [String: PluginGuardInfo] {
        var infos: [String: PluginGuardInfo] = [:]
        for guarded in reports.flatMap(\.guarded) {
            var info = infos[guarded.plugin] ?? PluginGuardInfo()
            info.throttledSessions += guarded.throttled
            info.refusedThrottled += guarded.refusals.throttled
            info.refusedQuarantined += guarded.refusals.quarantined
            infos[guarded.plugin] = info
        }
        for name in infos.keys {
            guard let (breaker, reason) = guards.look(name) else { continue }
            infos[name]?.add(breaker, reason)
        }
        return infos
    }
}

extension PluginGuardInfo {
    fileprivate mutating func add(_ breaker: Breaker, _ reason: String) {
        func date(_ time: UInt64) -> Double {
            Date().timeIntervalSince1970 + (Double(time) - Double(PluginGuards.now)) / 1e9
        }
        quarantines = breaker.openings
        switch breaker.state {
        case .closed: return
        case .open(let until):
            state = .quarantined
            self.until = date(until)
        case .probing: state = .probing
        }
        since = date(breaker.openedAt)
        self.reason = reason
    }
}
