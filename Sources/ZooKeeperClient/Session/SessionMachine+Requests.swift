extension SessionMachine {
    enum Submission: Equatable {
        /// Send it now, with this number.
        case send(xid: Int32)
        /// `nextWaiting` gives it out once connected.
        case wait
        case refuse(ZooKeeperError.Code)
    }

    enum Reply {
        case notification
        case pong
        case watchesSet
        /// The answer to a credential; not 0: refused.
        case credential(error: Int32)
        /// It answers this request.
        case answer(Context)
        /// It answers a request whose time was over.
        case late
        /// The session's end is confirmed: drop the connection and call `lost`.
        case sessionClosed
        /// It answers nothing that was asked: drop the connection and call `lost`.
        case outOfOrder
    }

    /// - Parameter timeout: how long it may take, the time without connection included.
    @inline(__always)
    mutating func submit(_ context: Context, timeout: Int, now: Int) -> Submission {
        if requestCount >= settings.maxRequests { return .refuse(.tooManyRequests) }
        let deadline = now &+ timeout
        switch phase {
        case .connected:
            let xid = takeXid()
            inFlight.append(Entry(xid: xid, deadline: deadline, sentAt: now, context: context))
            lastSent = now
            earliestDeadline = min(earliestDeadline, deadline)
            return .send(xid: xid)
        case .closing, .closed: return .refuse(state == .authenticationFailed ? .authenticationFailed : .closed)
        default:
            if closeBy != nil { return .refuse(.closed) }
            waiting.append(Entry(xid: 0, deadline: deadline, sentAt: now, context: context))
            earliestDeadline = min(earliestDeadline, deadline)
            return .wait
        }
    }

    /// What waited for the connection, one after the other, to be sent.
    mutating func nextWaiting(now: Int) -> (xid: Int32, context: Context)? {
        guard phase == .connected, let entry = waiting.popFirst() else { return nil }
        guard let context = entry.context else { return nextWaiting(now: now) }
        let xid = takeXid()
        inFlight.append(Entry(xid: xid, deadline: entry.deadline, sentAt: now, context: context))
        lastSent = now
        return (xid, context)
    }

    /// Numbers stay positive: the others have meanings of their own.
    private mutating func takeXid() -> Int32 {
        lastXid = lastXid == .max ? 1 : lastXid + 1
        return lastXid
    }

    /// An answer came.
    @inline(__always)
    mutating func reply(_ header: ReplyHeader, now: Int) -> Reply {
        lastHeard = now
        if header.zxid > 0 { lastZxid = header.zxid }
        if header.xid < 0 { return special(header) }
        guard let entry = inFlight.popFirst() else { return .outOfOrder }
        guard entry.xid == header.xid else {
            // It stays among those that are lost with the connection.
            inFlight.append(entry)
            return .outOfOrder
        }
        provenAt = max(provenAt, entry.sentAt)
        if let context = entry.context { return .answer(context) }
        guard header.xid == closeXid else { return .late }
        // The end is confirmed: there is nothing left to wait for.
        closeBy = now
        return .sessionClosed
    }

    private mutating func special(_ header: ReplyHeader) -> Reply {
        switch header.xid {
        case ReservedXid.notification: return .notification
        case ReservedXid.ping:
            if let pingSentAt { provenAt = max(provenAt, pingSentAt) }
            pingSentAt = nil
            return .pong
        case ReservedXid.auth: return .credential(error: header.error)
        case ReservedXid.setWatches: return .watchesSet
        default: return .outOfOrder
        }
    }

    // MARK: - End

    enum Closing {
        /// Send the request that ends the session; these were waiting and will not be sent.
        case send(xid: Int32, dropped: [Context])
        /// First a connection must be had: call `close` again when there is one. These were waiting and will not be sent.
        case reconnect(dropped: [Context])
        /// There is nothing to say good-bye to.
        case closed(dropped: [Context])
        /// It ends already.
        case underWay
    }

    mutating func close(now: Int) -> Closing {
        switch phase {
        case .closing, .closed: return .underWay
        case .connected:
            let dropped = waiting.removeAll().compactMap(\.context)
            closeXid = takeXid()
            inFlight.append(Entry(xid: closeXid, deadline: .max, sentAt: now, context: nil))
            phase = .closing
            closeBy = closeBy ?? now + settings.closeTimeout
            return .send(xid: closeXid, dropped: dropped)
        default:
            if sessionID == 0 { return .closed(dropped: end(.closed)) }
            if closeBy != nil { return .underWay }
            closeBy = now + settings.closeTimeout
            if case .waiting = phase { phase = .waiting(until: now) }
            return .reconnect(dropped: waiting.removeAll().compactMap(\.context))
        }
    }

    /// The end without good-bye; what was under way comes out.
    mutating func end(_ state: SessionState) -> [Context] {
        phase = .closed
        self.state = state
        earliestDeadline = .max
        return inFlight.removeAll().compactMap(\.context) + waiting.removeAll().compactMap(\.context)
    }
}
