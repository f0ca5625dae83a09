extension SessionMachine {
    enum Tick: Equatable {
        case nothing
        case connect(ServerAddress, timeout: Int)
        /// Send a ping.
        case ping
        /// Drop the connection or the attempt, and call `lost`.
        case drop(DisconnectReason)
    }

    /// When `tick` and `timedOut` are to be called at the latest; nil: never.
    var nextDeadline: Int? {
        let own: Int? =
            switch phase {
            case .idle, .closed: nil
            case .waiting(let until): until
            case .connecting(let deadline), .handshaking(let deadline): deadline
            case .connected: min(lastSent + timeout / 3, lastHeard + timeout * 2 / 3)
            case .closing: closeBy
            }
        guard let own else { return earliestDeadline == .max ? nil : earliestDeadline }
        return min(own, earliestDeadline, closeBy ?? .max)
    }

    /// What is due. To be called again until it is nothing.
    mutating func tick(now: Int) -> Tick {
        if isCloseOver(now), phase != .closed { return .drop(.silence) }
        switch phase {
        case .waiting(let until) where now >= until:
            guard !servers.isEmpty else { return .nothing }
            let server = servers[nextServer % servers.count]
            nextServer = (nextServer + 1) % servers.count
            attempts += 1
            phase = .connecting(deadline: now + connectTimeout)
            if state == .expired { state = .connecting }
            return .connect(server, timeout: connectTimeout)
        case .connecting(let deadline) where now >= deadline: return .drop(.unreachable("no connection in time"))
        case .handshaking(let deadline) where now >= deadline: return .drop(.handshakeTimeout)
        case .connected:
            if now - lastHeard >= timeout * 2 / 3 { return .drop(.silence) }
            guard now - lastSent >= timeout / 3 else { return .nothing }
            lastSent = now
            // The oldest unanswered one counts.
            if pingSentAt == nil { pingSentAt = now }
            return .ping
        default: return .nothing
        }
    }

    func isCloseOver(_ now: Int) -> Bool { now >= closeBy ?? .max }

    /// A server that does not answer must leave time for another one before the session is over.
    private var connectTimeout: Int { max(min(settings.connectTimeout, settings.sessionTimeout * 2 / 3), 1) }

    /// Takes out the requests whose time is over.
    mutating func timedOut(now: Int) -> [Context] {
        guard earliestDeadline <= now else { return [] }
        var over: [Context] = []
        var earliest = Int.max
        func look(_ entry: inout Entry) {
            guard let context = entry.context else { return }
            if entry.deadline <= now {
                over.append(context)
                entry.context = nil
            } else {
                earliest = min(earliest, entry.deadline)
            }
        }
        inFlight.forEach { look(&$0) }
        waiting.forEach { look(&$0) }
        earliestDeadline = earliest
        // Those that were never sent need no place for an answer.
        for entry in waiting.removeAll() where entry.context != nil { waiting.append(entry) }
        return over
    }
}
