import CPluginBridge
import CWire
import Glibc
import Messaging
import Reactor
import WireProtocol

// A complete frame: what it is and who serves it.
extension NodeLoop {
    /// Most bytes that may wait behind a suspended handler of one session; then its reading stops. A single frame is always taken.
    private static let mostPending = 65_536

    /// - Returns: false when it has to wait where it is: reading stops and it is presented again.
    @inline(__always)
    func handle(_ frame: UnsafeRawBufferPointer, _ connection: Connection) -> Bool {
        var envelope = hp_envelope()
        let head = Int(HP_FRAME_HEAD)
        let body = frame.baseAddress.map { ($0 + head).assumingMemoryBound(to: UInt8.self) }
        let context = connection.unretainedContext
        if let context { fetchAhead(context) }
        guard hp_scan(body, frame.count - head, &envelope) == HP_SCAN_OK else {
            connection.end(.undecodable)
            return true
        }
        if envelope.type == HP_HEART_BEAT.rawValue {
            if context == nil, !countEarly(connection) { return true }
            statistics.heartbeats &+= 1
            connection.send(frame)
            return true
        }
        guard let context else {
            beforeLogin(frame, &envelope, connection)
            return true
        }
        return context._withUnsafeGuaranteedRef { object in
            let session = unsafeDowncast(object, to: Session.self)
            if session.execution != 0 && envelope.type != HP_MESSAGE_ACK.rawValue { return wait(frame, session, connection) }
            if session.state == .open { serve(frame, &envelope, session, connection) }
            return true
        }
    }

    private func beforeLogin(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ connection: Connection) {
        statistics.count(envelope.type)
        if envelope.type == HP_LOGIN_REQUEST.rawValue { return login(frame, &envelope, connection) }
        guard countEarly(connection) else { return }
        let request = WaitingRun.Request(type: envelope.type, sequence: envelope.sequence, messageID: envelope.msg_id)
        fail(request, .notLoggedIn, "log in first", connection)
    }

    /// Behind a suspended handler of the same session.
    private func wait(_ frame: UnsafeRawBufferPointer, _ session: Session, _ connection: Connection) -> Bool {
        let pending = session.pending ?? PendingFrames()
        guard pending.count == 0 || pending.count + frame.count <= Self.mostPending else {
            connection.pauseReading(.suspended)
            return false
        }
        session.pending = pending
        pending.append(frame)
        return true
    }

    /// The handler they waited behind is done.
    func servePending(_ session: Session) {
        guard let connection = connection(of: session) else { return }
        if let pending = session.pending, connection.pauses.subtracting(.suspended).isEmpty {
            session.pending = nil
            // Reading that has stopped for the wait makes `received` return after each frame.
            while pending.count > 0, session.execution == 0, connection.pauses.subtracting(.suspended).isEmpty {
                pending.take { bytes in connection.isOpen ? received(bytes, connection) : bytes.count }
            }
            // What is still there came before what was put aside meanwhile.
            if pending.count > 0 {
                if let newer = session.pending {
                    newer.take { bytes in
                        pending.append(bytes)
                        return bytes.count
                    }
                }
                session.pending = pending
            }
        }
        guard session.execution == 0, session.pending == nil else { return }
        if session.hasEndedSending { return connection.close(afterFlush: true, reason: .peerClosed) }
        connection.resumeReading(.suspended)
    }

    /// A message of a logged-in session.
    @inline(__always)
    func serve(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ session: Session, _ connection: Connection) {
        switch hp_head_type(envelope.type) {
        case HP_MESSAGE_REQUEST:
            statistics.messagesReceived &+= 1
            fetchRecipient(of: session)
            var frame = frame
            if needsRewriting(&envelope, frame, session) {
                if session.wantsReceipts { return serveTracked(frame, &envelope, session, connection) }
                frame = rewrite(frame, &envelope, session)
                guard fits(frame) else { return tooLarge(envelope, connection) }
            }
            if scriptless {
                redirectWithoutScripts(frame, envelope, session)
            } else {
                runInbound(frame, envelope, session)
            }
        case HP_MESSAGE_ACK:
            statistics.ackFrames &+= 1
            serveAcknowledgement(frame, &envelope, session)
        case HP_LOGIN_REQUEST:
            statistics.count(envelope.type)
            let request = WaitingRun.Request(type: envelope.type, sequence: envelope.sequence)
            fail(request, .loginFailed, "already logged in", connection)
        default:
            statistics.count(envelope.type)
            let split = envelope.flags & UInt32(HP_INNER_TWICE) != 0
            runInbound(split ? rewrite(frame, &envelope, session) : frame, envelope, session)
        }
    }

    /// It was as long as a frame may be, and is longer with the name of its sender.
    private func tooLarge(_ envelope: hp_envelope, _ connection: Connection) {
        let request = WaitingRun.Request(type: envelope.type, sequence: envelope.sequence, messageID: envelope.msg_id)
        fail(request, .tooLarge, Self.tooLargeText, connection)
    }

    static let tooLargeText = "with what the node adds, the message is over chat.max_frame_bytes"

    /// A message of one of a thousand sessions finds nothing of what it needs in the processor's caches. What is asked for now is there when the
    /// frame is scanned: who sent it, and the session it will probably go to.
    @inline(__always)
    private func fetchAhead(_ context: Unmanaged<AnyObject>) {
        context._withUnsafeGuaranteedRef { object in
            let session = unsafeDowncast(object, to: Session.self)
            prefetch(session.uidBytes.baseAddress)
            prefetch(session.lastRecipientAddress)
        }
    }

    /// By now that session is there: its user's name and its connection come while the handlers run.
    @inline(__always)
    private func fetchRecipient(of session: Session) {
        let version = routes._withUnsafeGuaranteedRef { $0.version }
        session.lastRecipient(version: version)?._withUnsafeGuaranteedRef {
            prefetch($0.uidBytes.baseAddress)
            prefetch($0.transport?.toOpaque())
        }
    }

    /// Whether what came is not what recipients are to get: a `from` that is not the sender, fields only the node sets, a body in parts, a
    /// sender whose messages are numbered.
    @inline(__always)
    private func needsRewriting(_ envelope: inout hp_envelope, _ frame: UnsafeRawBufferPointer, _ session: Session) -> Bool {
        if envelope.flags | session.senderCare != 0 { return true }
        let uid = session.uidBytes
        let from = envelope.from
        guard Int(from.length) == uid.count, let sent = frame.baseAddress, let own = uid.baseAddress else { return true }
        return memcmp(sent + Int(HP_FRAME_HEAD) + Int(from.offset), own, uid.count) != 0
    }

    /// The frame as recipients are to get it, in the loop's own memory: good until the next one is rewritten. `envelope` is scanned anew.
    func rewrite(
        _ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ session: Session, serverID: UInt64 = 0
    ) -> UnsafeRawBufferPointer {
        let isMessage = envelope.type == HP_MESSAGE_REQUEST.rawValue
        let uid = session.uidBytes
        let from = hp_field_value(number: 0, bytes: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count)
        return withUnsafeTemporaryAllocation(of: hp_change.self, capacity: 2) { changes in
            changes.initialize(repeating: hp_change(field: MessageFields.from, value: from))
            changes[1] = hp_change(field: MessageFields.serverID, value: hp_field_value(number: serverID, bytes: nil, length: 0))
            // Server_id 0: it is removed with the other fields that are the node's.
            let count = !isMessage ? 0 : serverID == 0 ? 1 : 2
            let used = UnsafeMutableBufferPointer(rebasing: changes[0..<count])
            return Self.change(frame, &envelope, UnsafeBufferPointer(used), removesNodeFields: isMessage, into: &rewritten)
        }
    }

    /// Writes a changed frame into `room`, which grows as needed, and scans it.
    static func change(
        _ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ changes: UnsafeBufferPointer<hp_change>, removesNodeFields: Bool,
        into room: inout UnsafeMutableRawBufferPointer
    ) -> UnsafeRawBufferPointer {
        let head = Int(HP_FRAME_HEAD)
        guard let base = frame.baseAddress else { return frame }
        let body = (base + head).assumingMemoryBound(to: UInt8.self)
        var size = hp_rewrite(
            body, frame.count - head, &envelope, changes.baseAddress, changes.count, removesNodeFields,
            room.baseAddress?.assumingMemoryBound(to: UInt8.self), room.count)
        if size > room.count {
            room.deallocate()
            room = .allocate(byteCount: size * 2, alignment: 16)
            size = hp_rewrite(
                body, frame.count - head, &envelope, changes.baseAddress, changes.count, removesNodeFields,
                room.baseAddress?.assumingMemoryBound(to: UInt8.self), room.count)
        }
        let result = UnsafeRawBufferPointer(start: room.baseAddress, count: size)
        _ = hp_scan(result.baseAddress.map { ($0 + head).assumingMemoryBound(to: UInt8.self) }, size - head, &envelope)
        return result
    }

    func connection(of session: Session) -> Connection? {
        session.transport.map { unsafeDowncast($0.takeUnretainedValue(), to: Connection.self) }
    }
}

/// Fields that the node itself reads or writes; of MESSAGE_REQUEST where nothing else is said.
package enum MessageFields {
    package nonisolated(unsafe) static let from: UnsafePointer<hp_field>? = field("from")
    package nonisolated(unsafe) static let serverID: UnsafePointer<hp_field>? = field("server_id")
    package nonisolated(unsafe) static let conversationSequence: UnsafePointer<hp_field>? = field("conversation_seq")
    /// Of MESSAGE_ACK.
    package nonisolated(unsafe) static let acknowledged: UnsafePointer<hp_field>? = field("server_id", of: HP_MESSAGE_ACK)

    private static func field(_ name: String, of type: hp_head_type = HP_MESSAGE_REQUEST) -> UnsafePointer<hp_field>? {
        var count = 0
        guard let fields = hp_fields(UInt32(type.rawValue), &count) else { return nil }
        return (0..<count).first { String(cString: fields[$0].name) == name }.map { fields + $0 }
    }
}
