// Half open: a few calls say whether a plugin is well again.
extension Breaker {
    struct Probing: Sendable {
        /// Sessions whose calls were let through, with when.
        var granted: [(session: UInt64, at: UInt64)] = []
        var outstanding = 0
        var passed = 0
        var failed = 0
    }

    /// Whether this session's call may run while the breaker is not closed. One that poisons the plugin can take one probe, not all.
    public mutating func probes(_ session: UInt64, at now: UInt64) -> Bool {
        switch state {
        case .closed: return true
        case .open(let until):
            guard now >= until else { return false }
            state = .probing
            probing = Probing()
        case .probing: break
        }
        if probing.outstanding > 0, let last = probing.granted.last, now - last.at >= policy.probePatience { probing.outstanding = 0 }
        guard probing.outstanding + probing.passed + probing.failed < policy.probes else { return false }
        if let last = probing.granted.last, probing.granted.contains(where: { $0.session == session }), now - last.at < policy.probePause {
            return false
        }
        // As many as there are probes, and those that never ended.
        if probing.granted.count >= 16 { probing.granted.removeFirst() }
        probing.granted.append((session, now))
        probing.outstanding += 1
        return true
    }

    public mutating func probePassed(at now: UInt64) -> Act {
        guard state == .probing else { return .none }
        probing.outstanding = max(0, probing.outstanding - 1)
        probing.passed += 1
        return decide(at: now)
    }

    mutating func probeFailed(at now: UInt64) -> Act {
        probing.outstanding = max(0, probing.outstanding - 1)
        probing.failed += 1
        return decide(at: now)
    }

    private mutating func decide(at now: UInt64) -> Act {
        let most = policy.probes / 2 + 1
        if probing.failed >= most {
            isFirstOpening = false
            return open(at: now, for: min(coolDown * 2, policy.longestCoolDown))
        }
        guard probing.passed >= most else { return .none }
        state = .closed
        closedAt = now
        return .closed
    }
}
