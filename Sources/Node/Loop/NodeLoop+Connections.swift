import CWire
import Messaging
import Reactor
import Synchronization

// Connections: from accept to close, frame by frame.
extension NodeLoop: ConnectionDelegate, TimerTarget {
    /// Decides about an accepted connection.
    func adopted(_ connection: Connection) -> (any ConnectionDelegate)? { admit(connection) ? self : nil }

    /// - Parameter seconds: the connection is looked at after so long, or earlier.
    func admit(_ connection: Connection, lookAfter seconds: Int = .max) -> Bool {
        let count = shared.connections.wrappingAdd(1, ordering: .relaxed).newValue
        if let reason = refusal(of: connection, count) {
            shared.connections.wrappingSubtract(1, ordering: .relaxed)
            statistics.closed[reason.name, default: 0] += 1
            return false
        }
        connection.tag = connectionSlots.add(connection)
        let chat = shared.configuration.chat
        let timer = loop.scheduleTimer(
            afterMilliseconds: min(chat.loginTimeoutSeconds, chat.readIdleSeconds, seconds) * 1000, self, tag: connection.tag)
        connectionSlots.setTimer(timer, of: connection.tag)
        return true
    }

    /// Why it is not taken; nil: it is, and counted for its address.
    /// - Parameter count: connections with this one.
    private func refusal(of connection: Connection, _ count: Int) -> ChatCloseReason? {
        if shared.mostConnections > 0, count > shared.mostConnections { return .connectionLimit }
        if shared.memoryUsedUp.load(ordering: .relaxed), !ConnectionCeiling.takesWithoutMemory(count, shared) { return .memoryLimit }
        guard shared.addresses.countsConnections, let remote = connection.remoteAddress else { return nil }
        return shared.addresses.connect(remote.host) ? nil : .addressLimit
    }

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let total = bytes.count
        var offset = 0
        while offset < total {
            let start = base + offset
            var length: UInt32 = 0
            let status = hp_frame_read(start.assumingMemoryBound(to: UInt8.self), total - offset, maximumBody, &length)
            guard status == HP_FRAME_COMPLETE else {
                if status == HP_FRAME_PARTIAL {
                    guard length > 0 else { return offset }
                    let whole = Int(length) + Int(HP_FRAME_HEAD)
                    guard mayKeep(whole, connection) else { return total }
                    connection.expect(whole)
                    return offset
                }
                refuse(connection, status)
                return total
            }
            let size = Int(length) + Int(HP_FRAME_HEAD)
            guard handle(UnsafeRawBufferPointer(start: start, count: size), connection) else { return offset }
            offset += size
            if !connection.pauses.isEmpty { return offset }
            if !connection.isOpen { return total }
            if connection.waitingBytes > writeBufferHigh { pauseUntilRead(connection) }
        }
        return offset
    }

    /// A client that sends without reading its answers is not read any more until it does.
    func pauseUntilRead(_ connection: Connection) { connection.pauseReading(.ownOutput) }

    private func refuse(_ connection: Connection, _ status: hp_frame_status) {
        let reason: ChatCloseReason =
            switch status {
            case HP_FRAME_BAD_MAGIC: .badMagic
            case HP_FRAME_BAD_VERSION: .badVersion
            default: .badLength
            }
        connection.close(afterFlush: false, reason: reason.reason)
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        let timer = connectionSlots.remove(connection.tag)
        loop.cancelTimer(timer)
        shared.connections.wrappingSubtract(1, ordering: .relaxed)
        if shared.addresses.countsConnections, let remote = connection.remoteAddress { shared.addresses.disconnect(remote.host) }
        statistics.closed[ChatCloseReason.name(reason), default: 0] += 1
        if !early.isEmpty { early.forget(connection.tag) }
        if !stalled.isEmpty { stalled.removeAll { $0 === connection } }
        guard let session = session(of: connection) else { return }
        logClosed(session, reason)
        closeSession(session)
    }

    /// Who sends and hangs up has sent: the session ends when all that waits behind a handler has been served.
    func ended(_ connection: Connection) -> Bool {
        guard let session = session(of: connection), session.state == .open, session.execution != 0 || session.pending != nil else {
            return true
        }
        session.hasEndedSending = true
        return false
    }

    func stalled(_ connection: Connection) {
        stalled.append(connection)
        scheduleSweep()
    }

    func drained(_ connection: Connection) {
        guard let session = session(of: connection) else { return connection.resumeReading(.ownOutput) }
        resumeReading(session, .ownOutput)
        if let feed = session.feed, feed.isBehind { feedOn(session, feed) }
        guard let congestion = session.congestion else { return }
        session.congestion = nil
        resume(congestion.takePaused())
    }

    @inline(__always)
    func session(of connection: Connection) -> Session? {
        guard let context = connection.context else { return nil }
        return unsafeDowncast(context, to: Session.self)
    }

    // MARK: Timers

    private static let sweepTag = UInt32.max
    static let receiptTag = UInt32.max - 1
    static let storeTag = UInt32.max - 2
    private static let sweepMilliseconds = 100

    /// Stalled connections and paused senders are looked at a few times a second, as long as there are any.
    func scheduleSweep() {
        if sweepScheduled { return }
        sweepScheduled = true
        _ = loop.scheduleTimer(afterMilliseconds: Self.sweepMilliseconds, self, tag: Self.sweepTag)
    }

    func timerFired(tag: UInt32, loop: EventLoop) {
        switch tag {
        case Self.sweepTag: sweep()
        case Self.receiptTag: expireReceipts()
        case Self.storeTag: tellStoreAll()
        default: if let connection = connectionSlots.connection(tag) { checkIdle(connection) }
        }
    }

    private func sweep() {
        sweepScheduled = false
        let now = loop.milliseconds
        let patience = UInt32(clamping: shared.configuration.chat.slowConsumerSeconds * 1000)
        for connection in stalled {
            if let since = connection.writeStalledSince, now &- since >= patience {
                connection.close(afterFlush: false, reason: .slowConsumer)
            }
        }
        stalled.removeAll { $0.waitingBytes == 0 || !$0.isOpen }
        let over = paused.filter { now &- $0.value >= Congestion.patience }.map(\.key)
        resume(over)
        if !stalled.isEmpty || !paused.isEmpty { scheduleSweep() }
    }

    /// One timer a connection, moved lazily: it fires at the earliest time at which something could be wrong.
    private func checkIdle(_ connection: Connection) {
        let chat = shared.configuration.chat
        let handshakeLeft = webSockets?.handshakeLeft(connection)
        if handshakeLeft == 0 { return }
        let loggedIn = session(of: connection)?.state == .open
        if !loggedIn, connection.age >= chat.loginTimeoutSeconds * 1000 {
            return connection.end(.loginTimeout)
        }
        // A connection that is not read at present, since its recipient is full, is not idle.
        let quiet = connection.pauses.isEmpty ? Int(loop.milliseconds &- connection.lastRead) : 0
        let limit = chat.readIdleSeconds * 1000
        if quiet >= limit { return connection.end(because: .idle) }
        var next = limit - quiet
        if let handshakeLeft { next = min(next, handshakeLeft) }
        if !loggedIn { next = min(next, max(chat.loginTimeoutSeconds * 1000 - connection.age, 1)) }
        let timer = loop.scheduleTimer(afterMilliseconds: next, self, tag: connection.tag)
        connectionSlots.setTimer(timer, of: connection.tag)
    }

}

extension PauseReasons {
    /// The client does not read its own answers.
    static let ownOutput = PauseReasons.owner1
    /// Too many of its requests are not answered yet.
    static let answers = PauseReasons.owner2
}
