import CPluginBridge
import CWire
import Messaging
import PluginHost
import Reactor
import WireProtocol

// Frames on their way to sessions.
extension NodeLoop {
    /// Records for one loop beyond this many bytes are not sent: it does not keep up.
    static let mostOutstanding = 32 << 20

    /// Queues a frame for all sessions of a user, wherever their loop. The number of sessions it is queued for.
    @inline(__always)
    func route(_ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, from sender: SessionHandle) -> UInt32 {
        if isAttentive, isAccompanied { return routeAlong(frame, to: uid, from: sender) }
        let found = self.found
        routes._withUnsafeGuaranteedRef { $0.sessions(of: uid, into: found) }
        return route(frame, found, from: sender)
    }

    /// The same for a session that writes: whom it wrote to last is known without a look-up.
    @inline(__always)
    func route(_ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, by sender: Session) -> UInt32 {
        let version = routes._withUnsafeGuaranteedRef { $0.version }
        if let recipient = sender.knownRecipient(uid, version: version) {
            return recipient._withUnsafeGuaranteedRef { deliver(frame, to: $0, from: sender.handle, sole: true) ? 1 : 0 }
        }
        let found = self.found
        routes._withUnsafeGuaranteedRef { $0.sessions(of: uid, into: found) }
        if found.count == 1, found.base.pointee.loop == index { sender.remember(found.base.pointee.session, version: version) }
        return route(frame, found, from: sender.handle)
    }

    @inline(__always)
    private func route(_ frame: UnsafeRawBufferPointer, _ found: RouteScratch, from sender: SessionHandle) -> UInt32 {
        // All of them get one number.
        let frame = found.acknowledges ? numbered(frame) : frame
        let count = found.count
        var queued: UInt32 = 0
        var position = 0
        while position < count {
            let reference = found.base[position]
            position += 1
            if reference.loop == index {
                let delivered = reference.session._withUnsafeGuaranteedRef { deliver(frame, to: $0, from: sender, sole: count == 1) }
                if delivered { queued &+= 1 }
            } else if send(frame, to: reference.handle, from: sender, sole: count == 1) {
                queued &+= 1
            }
        }
        return queued
    }

    /// Puts a frame into a session's output; false when it can't take it.
    @inline(__always)
    func deliver(_ frame: UnsafeRawBufferPointer, to session: Session, from sender: SessionHandle, sole: Bool) -> Bool {
        guard let transport = session.transport else { return false }
        return transport._withUnsafeGuaranteedRef { object in
            let connection = unsafeDowncast(object, to: Connection.self)
            if connection.waitingBytes > writeBufferHigh || session.needsCare || hasOutbound {
                return deliver(frame, to: session, Passage(sender: sender, isSole: sole))
            }
            guard connection.isOpen else { return false }
            connection.write(frame)
            statistics.messagesDelivered &+= 1
            return true
        }
    }

    /// Whether a full session takes one more frame. Its sender pauses then, for a second at most; after that nothing is taken.
    func admit(_ session: Session, _ connection: Connection, from sender: SessionHandle) -> Bool {
        let congestion: Congestion
        if let known = session.congestion {
            congestion = known
        } else {
            congestion = Congestion(since: loop.milliseconds)
            session.congestion = congestion
        }
        if congestion.isOver(at: loop.milliseconds) || connection.waitingBytes > writeBufferMost { return false }
        if sender.rawValue != 0, congestion.add(sender) { pause(sender) }
        return true
    }

    // MARK: Pausing senders

    private func pause(_ sender: SessionHandle) {
        statistics.pauses &+= 1
        if sender.loop == index {
            pauseHere(sender)
        } else {
            link(to: sender.loop)?.send(
                a: sender.rawValue, b: 0, kind: LoopRecordKind.pause.rawValue, payload: UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    func pauseHere(_ sender: SessionHandle) {
        guard let session = slots.session(sender), let connection = connection(of: session) else { return }
        connection.pauseReading(.backpressure)
        paused[sender] = loop.milliseconds
        scheduleSweep()
    }

    func resume(_ senders: [SessionHandle]) {
        for sender in senders {
            if sender.loop == index {
                resumeHere(sender)
            } else {
                link(to: sender.loop)?.send(
                    a: sender.rawValue, b: 0, kind: LoopRecordKind.resume.rawValue, payload: UnsafeRawBufferPointer(start: nil, count: 0))
            }
        }
    }

    func resumeHere(_ sender: SessionHandle) {
        guard paused.removeValue(forKey: sender) != nil, let session = slots.session(sender) else { return }
        resumeReading(session, .backpressure)
    }

    /// Takes a reason back. What was put aside before reading stopped comes before what is read next.
    func resumeReading(_ session: Session, _ reason: PauseReasons) {
        connection(of: session)?.resumeReading(reason)
        if session.pending != nil, session.execution == 0 { servePending(session) }
    }

    // MARK: To one session

    /// Sends a frame to a session of any loop; false when that is known to be in vain.
    func send(_ frame: UnsafeRawBufferPointer, to recipient: SessionHandle, from sender: SessionHandle, sole: Bool) -> Bool {
        if isAttentive, isAccompanied {
            let message = trackedMessage(in: frame, toSession: recipient)
            return sendAlong(frame, to: recipient, Passage(sender: sender, isSole: sole, note: noting, message: message))
        }
        if recipient.loop == index {
            guard let session = slots.session(recipient) else { return false }
            return deliver(frame, to: session, from: sender, sole: sole)
        }
        guard let link = link(to: recipient.loop), link.outstandingBytes < Self.mostOutstanding else { return false }
        link.send(
            a: recipient.rawValue, b: sender.rawValue | (sole ? LoopRecordKind.soleRecipient : 0), kind: LoopRecordKind.deliver.rawValue,
            payload: frame)
        return true
    }

    /// Ends a session of any loop after its output is sent. The client is told why by a LOGOUT_RESPONSE it did not ask for, so that it
    /// can tell this from a broken connection and stays away.
    func close(_ handle: SessionHandle, _ reason: ChatCloseReason, _ text: String) {
        if isObserved, let note = noting, let session = shared.find(handle) { note.closed(session, text) }
        if handle.loop == index {
            guard let session = slots.session(handle), let connection = connection(of: session), connection.isOpen else { return }
            var goodbye = WireMessage()
            goodbye.type = .logoutResponse
            goodbye.messageResponse.code = ResultCode.rejected.rawValue
            goodbye.messageResponse.info = text
            giveUpAnswers(session, connection)
            respond(goodbye, connection)
            closeAfterOutput(connection, reason)
        } else {
            var text = text
            text.withUTF8 {
                link(to: handle.loop)?.send(
                    a: handle.rawValue, b: UInt64(reason.rawValue), kind: LoopRecordKind.close.rawValue, payload: UnsafeRawBufferPointer($0)
                )
            }
        }
    }

    /// A frame for every session of the node.
    func broadcast(_ frame: UnsafeRawBufferPointer) {
        // To everybody there is: too much to note.
        noting?.change { $0.isIncomplete = true }
        broadcastHere(frame)
        for link in links {
            link?.send(a: 0, b: 0, kind: LoopRecordKind.broadcast.rawValue, payload: frame)
        }
    }

    func broadcastHere(_ frame: UnsafeRawBufferPointer) {
        slots.forEach { session in _ = deliver(frame, to: session, from: SessionHandle(rawValue: 0), sole: false) }
    }

    /// A message that was queued could not be delivered after all.
    func refused(_ frame: UnsafeRawBufferPointer, from sender: SessionHandle) {
        var envelope = hp_envelope()
        let head = Int(HP_FRAME_HEAD)
        guard sender.rawValue != 0, frame.count >= head, let base = frame.baseAddress,
            hp_scan((base + head).assumingMemoryBound(to: UInt8.self), frame.count - head, &envelope) == HP_SCAN_OK,
            envelope.type == HP_MESSAGE_REQUEST.rawValue, Self.storedID(in: frame) == 0
        else { return }
        if sender.loop == index { return failLate(sender, envelope.sequence, envelope.msg_id) }
        withUnsafeBytes(of: (envelope.sequence, envelope.msg_id)) { payload in
            link(to: sender.loop)?.send(
                a: sender.rawValue, b: UInt64(ResultCode.unavailable.rawValue), kind: LoopRecordKind.refused.rawValue, payload: payload)
        }
    }

    func failLate(_ sender: SessionHandle, _ sequence: UInt64, _ messageID: UInt64) {
        guard let session = slots.session(sender), let connection = connection(of: session), connection.isOpen else { return }
        let request = WaitingRun.Request(type: UInt32(HP_MESSAGE_REQUEST.rawValue), sequence: sequence, messageID: messageID)
        fail(request, .unavailable, "the recipient takes no more at present", connection)
    }

    // MARK: Outbound chain

    func queueOutbound(_ frame: UnsafeRawBufferPointer, to recipient: SessionHandle, _ passage: Passage) {
        queue(OutboundFrame(recipient: recipient, passage: passage, frame: Array(frame)))
    }

    /// Closes after all that was sent to the connection, also what waits for the outbound chain.
    func closeAfterOutput(_ connection: Connection, _ reason: ChatCloseReason) {
        guard hasOutbound, let session = session(of: connection), session.state == .open else {
            return connection.endAfterOutput(reason.reason)
        }
        let passage = Passage(sender: SessionHandle(rawValue: 0), isSole: false)
        queue(OutboundFrame(recipient: session.handle, passage: passage, frame: [], closes: reason))
    }

    private func queue(_ frame: OutboundFrame) {
        outbox.append(frame)
        if !runsOutbox, outbox.count == 1 { scheduleOutbox() }
    }

    /// Frames queued from outside a run (an answer, another loop's record) go out at the tick's end at the latest.
    private func scheduleOutbox() {
        loop.execute { [unowned self] in
            if let plugins, !outbox.isEmpty { runOutbox(plugins) }
        }
    }

    func runOutbox(_ state: PluginState) {
        if runsOutbox { return }
        runsOutbox = true
        defer { runsOutbox = false }
        var position = 0
        while position < outbox.count {
            let entry = outbox[position]
            position += 1
            defer { entry.passage.note?.arrived() }
            guard let session = slots.session(entry.recipient), let connection = connection(of: session) else {
                tell(entry.passage.message, .refused)
                continue
            }
            if let reason = entry.closes {
                connection.endAfterOutput(reason.reason)
                continue
            }
            outboundSender = entry.passage.sender
            entry.frame.withUnsafeBytes { runOutbound($0, session, connection, state, entry.passage) }
        }
        outbox.removeAll(keepingCapacity: outbox.capacity <= 4096)
    }

    private func runOutbound(
        _ frame: UnsafeRawBufferPointer, _ session: Session, _ connection: Connection, _ state: PluginState, _ passage: Passage
    ) {
        var envelope = hp_envelope()
        let head = Int(HP_FRAME_HEAD)
        guard let base = frame.baseAddress,
            hp_scan((base + head).assumingMemoryBound(to: UInt8.self), frame.count - head, &envelope) == HP_SCAN_OK
        else { return tell(passage.message, .refused) }
        guard state.chainLength(HP_OUTBOUND, envelope.type) > 0 else { return write(frame, to: session, connection, passage) }
        let uid = session.uidBytes
        withUnsafePointer(to: &envelope) { scanned in
            input.pointee = hp_input()
            input.pointee.kind = HP_OUTBOUND
            input.pointee.type = scanned.pointee.type
            input.pointee.frame = hp_bytes(data: base.assumingMemoryBound(to: UInt8.self), length: frame.count)
            input.pointee.envelope = scanned
            input.pointee.sequence = scanned.pointee.sequence
            input.pointee.session = session.handle.rawValue
            input.pointee.uid = hp_bytes(data: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count)
            input.pointee.tag = Unmanaged.passUnretained(session).toOpaque()
            input.pointee.observed = isObserved && observes(session)
            state.run(input, outcome)
            input.pointee.observed = false
        }
        switch outcome.pointee.verdict {
        case HP_NEXT:
            let changed = UnsafeRawBufferPointer(start: outcome.pointee.frame.data, count: outcome.pointee.frame.length)
            write(changed, to: session, connection, passage)
        case HP_FAILED:
            report(state.failure(outcome.pointee), of: state, HP_OUTBOUND, session)
            withheld(frame, envelope.type, session, connection, passage)
        case HP_REFUSED:
            withheld(frame, envelope.type, session, connection, passage)
        default:
            tell(passage.message, .kept)
            // A rule's doing: the device is not to get it later either.
            if passage.storedID != 0 { took(passage.storedID, session) }
        }
    }

    /// The rules for a frame are out of order. A message does not pass them unseen; the node's own answers do, or clients would wait for them
    /// for ever.
    private func withheld(
        _ frame: UnsafeRawBufferPointer, _ type: UInt32, _ session: Session, _ connection: Connection, _ passage: Passage
    ) {
        if NodeAnswer.isOne(type) { write(frame, to: session, connection, passage) } else { tell(passage.message, .refused) }
    }
}
