extension SessionMachine {
    enum Handshake {
        /// Credentials, watches and what waits may be sent. `isNew`: it is not the session of before.
        case established(isNew: Bool)
        /// The session is over; these were waiting for it. A new one follows by itself.
        case expired([Context])
        /// This server is of no use: drop the connection and call `lost`.
        case unusable(DisconnectReason)
    }

    struct Loss {
        /// Sent and not answered: nobody knows whether they were carried out.
        var unanswered: [Context] = []
        /// The end was wanted, and has come.
        var isClosed = false
    }

    mutating func start(now: Int) {
        guard phase == .idle else { return }
        phase = .waiting(until: now)
    }

    /// A connection stands; the request is to be sent as its first frame.
    mutating func opened(now: Int) -> ConnectRequest {
        let deadline = if case .connecting(let deadline) = phase { deadline } else { now + settings.connectTimeout }
        phase = .handshaking(deadline: deadline)
        lastSent = now
        return ConnectRequest(
            lastZxid: isRefusedForGood(now) ? 0 : lastZxid, timeoutMilliseconds: Int32(clamping: settings.sessionTimeout),
            sessionID: sessionID, password: password)
    }

    /// A server that is behind this client refuses it without a word. When all do, long after the session's time, they may have lost what
    /// they had: without a claim to have seen it, one of them answers, if only that the session is over.
    private func isRefusedForGood(_ now: Int) -> Bool {
        sessionID != 0 && refusals >= 3 * servers.count && now - lostAt > 2 * timeout
    }

    mutating func answered(_ response: ConnectResponse, now: Int) -> Handshake {
        guard case .handshaking = phase else { return .unusable(.protocolError("a connect response nobody asked for")) }
        if response.timeoutMilliseconds <= 0 {
            let failed = waiting.removeAll().compactMap(\.context)
            forgetSession()
            earliestDeadline = .max
            state = .expired
            phase = .waiting(until: now)
            return .expired(failed)
        }
        if response.isReadOnly { return .unusable(.readOnlyServer) }
        let isNew = response.sessionID != sessionID
        if isNew, sessionID != 0 { return .unusable(.protocolError("the server answered with another session")) }
        sessionID = response.sessionID
        password = response.password
        timeout = Int(response.timeoutMilliseconds)
        phase = .connected
        // Only to be closed: nobody is to begin anything with it.
        if closeBy == nil { state = .connected(sessionID: sessionID, timeoutMilliseconds: timeout) }
        provenAt = lastSent
        lastHeard = now
        pingSentAt = nil
        establishedAt = now
        refusals = 0
        return .established(isNew: isNew)
    }

    /// The attempt to connect failed or the connection is gone.
    mutating func lost(_ reason: DisconnectReason, now: Int) -> Loss {
        var loss = Loss(unanswered: inFlight.removeAll().compactMap(\.context))
        switch phase {
        case .closed: break
        case _ where isCloseOver(now):
            phase = .closed
            state = .closed
            earliestDeadline = .max
            loss.isClosed = true
        case .connected, .closing:
            // While closing: whether the server got to know of it shows with the next connection.
            state = .disconnected(reason)
            // One that breaks at once must not be tried without a pause.
            if now - establishedAt > 2 * settings.reconnectDelay.upperBound { attempts = 0 }
            lostAt = now
            phase = .waiting(until: now + nextDelay())
        case .connecting: phase = .waiting(until: now + nextDelay())
        case .handshaking:
            if reason == .closedByServer { refusals += 1 }
            phase = .waiting(until: now + nextDelay())
        case .waiting, .idle: break
        }
        return loss
    }

    /// Each server once with hardly a pause, since others may be well; then longer and longer, but not when there is little time left.
    private mutating func nextDelay() -> Int {
        let (shortest, longest) = (settings.reconnectDelay.lowerBound, settings.reconnectDelay.upperBound)
        let round = attempts / max(servers.count, 1)
        if round == 0 || closeBy != nil { return Int.random(in: 0...shortest, using: &jitter) }
        let pause = min(longest, shortest << min(round, 16))
        return Int.random(in: (pause / 2)...pause, using: &jitter)
    }

    mutating func forgetSession() {
        sessionID = 0
        password = [UInt8](repeating: 0, count: 16)
        lastZxid = 0
    }
}
