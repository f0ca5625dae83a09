import Foundation
import PluginHost

// What guards do, for operators.
extension Node {
    /// By plugin of the generation in force.
    func guardInfos() async -> [String: PluginGuardInfo] {
        var infos: [String: PluginGuardInfo] = [:]
        for owner in loops {
            let own = await owner.ask { owner in
                (owner.plugins?.pluginNames ?? []).enumerated().map { index, name in
                    (name, owner.throttles.count(index, at: owner.loop.now), owner.guardRefusals[name] ?? GuardRefusals())
                }
            }
            for (name, throttled, refusals) in own ?? [] {
                var info = infos[name] ?? PluginGuardInfo()
                info.throttledSessions += throttled
                info.refusedThrottled += refusals.throttled
                info.refusedQuarantined += refusals.quarantined
                infos[name] = info
            }
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
