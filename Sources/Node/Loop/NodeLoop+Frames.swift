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
        guard hp_scan(body, frame.count - head, &envelope) == HP_SCAN_OK else {
            connection.close(afterFlush: false, reason: ChatCloseReason.undecodable.reason)
            return true
        }
        if envelope.type == HP_HEART_BEAT.rawValue {
            statistics.heartbeats &+= 1
            connection.write(frame)
            return true
        }
        guard let context = connection.unretainedContext else {
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
        if envelope.type == HP_LOGIN_REQUEST.rawValue { return login(frame, &envelope, connection) }
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
        if let pending = session.pending {
            session.pending = nil
            // A pause makes `received` return after each frame. What waits here goes on all the same: it came before what is not read yet.
            while pending.count > 0, session.execution == 0 {
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
        if session.execution == 0 { connection.resumeReading(.suspended) }
    }

    /// A message of a logged-in session.
    @inline(__always)
    func serve(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ session: Session, _ connection: Connection) {
        switch hp_head_type(envelope.type) {
        case HP_MESSAGE_REQUEST:
            statistics.messagesReceived &+= 1
            let frame = needsRewriting(&envelope, frame, session) ? rewrite(frame, &envelope, session) : frame
            if scriptless {
                redirectWithoutScripts(frame, envelope, session)
            } else {
                runInbound(frame, envelope, session)
            }
        case HP_MESSAGE_ACK:
            break  // nothing waits for it: receipts are not granted, see `login`
        case HP_LOGIN_REQUEST:
            let request = WaitingRun.Request(type: envelope.type, sequence: envelope.sequence)
            fail(request, .loginFailed, "already logged in", connection)
        default:
            let split = envelope.flags & UInt32(HP_INNER_TWICE) != 0
            runInbound(split ? rewrite(frame, &envelope, session) : frame, envelope, session)
        }
    }

    /// Whether what came is not what recipients are to get: a `from` that is not the sender, fields only the node sets, a body in parts.
    @inline(__always)
    private func needsRewriting(_ envelope: inout hp_envelope, _ frame: UnsafeRawBufferPointer, _ session: Session) -> Bool {
        if envelope.flags != 0 { return true }
        let uid = session.uidBytes
        let from = envelope.from
        guard Int(from.length) == uid.count, let sent = frame.baseAddress, let own = uid.baseAddress else { return true }
        return memcmp(sent + Int(HP_FRAME_HEAD) + Int(from.offset), own, uid.count) != 0
    }

    /// The frame as recipients are to get it, in the loop's own memory: good until the next one is rewritten. `envelope` is scanned anew.
    private func rewrite(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ session: Session) -> UnsafeRawBufferPointer {
        let head = Int(HP_FRAME_HEAD)
        guard let base = frame.baseAddress else { return frame }
        let body = (base + head).assumingMemoryBound(to: UInt8.self)
        let uid = session.uidBytes
        var change = hp_change(
            field: MessageFields.from,
            value: hp_field_value(number: 0, bytes: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count))
        let isMessage = envelope.type == HP_MESSAGE_REQUEST.rawValue
        func attempt() -> Int {
            hp_rewrite(
                body, frame.count - head, &envelope, &change, isMessage ? 1 : 0, isMessage,
                rewritten.baseAddress?.assumingMemoryBound(to: UInt8.self), rewritten.count)
        }
        var size = attempt()
        if size > rewritten.count {
            rewritten.deallocate()
            rewritten = .allocate(byteCount: size * 2, alignment: 16)
            size = attempt()
        }
        let result = UnsafeRawBufferPointer(start: rewritten.baseAddress, count: size)
        _ = hp_scan(result.baseAddress.map { ($0 + head).assumingMemoryBound(to: UInt8.self) }, size - head, &envelope)
        return result
    }

    func connection(of session: Session) -> Connection? {
        session.transport.map { unsafeDowncast($0.takeUnretainedValue(), to: Connection.self) }
    }
}

/// Fields of MESSAGE_REQUEST that the node itself writes.
package enum MessageFields {
    package nonisolated(unsafe) static let from: UnsafePointer<hp_field>? = field("from")

    private static func field(_ name: String) -> UnsafePointer<hp_field>? {
        var count = 0
        guard let fields = hp_fields(UInt32(HP_MESSAGE_REQUEST.rawValue), &count) else { return nil }
        return (0..<count).first { String(cString: fields[$0].name) == name }.map { fields + $0 }
    }
}
