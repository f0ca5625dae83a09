import CPluginBridge
import CWire
import Glibc
import Messaging
import Node
import WireProtocol

// A frame from a client: what it is and who serves it.
extension VirtualLoop {
    /// Most bytes that may wait behind a suspended handler of one session; then its reading stops.
    private static let mostPending = 65_536

    /// A client has sent a frame.
    func receive(_ frame: [UInt8], _ connection: VirtualConnection, record: ChainRecord? = nil) {
        guard connection.isOpen else { return }
        guard connection.isReading, connection.input.isEmpty else { return connection.input.append((frame, record)) }
        let taken = frame.withUnsafeBytes { handle($0, connection, record) }
        if !taken {
            connection.isReading = false
            connection.input.append((frame, record))
        }
    }

    /// - Returns: false when it has to wait where it is: reading stops and it is presented again.
    private func handle(_ frame: UnsafeRawBufferPointer, _ connection: VirtualConnection, _ record: ChainRecord?) -> Bool {
        var envelope = hp_envelope()
        guard Self.scan(frame, &envelope) else {
            connection.close(ChatCloseReason.undecodable.name)
            return true
        }
        if envelope.type == HP_HEART_BEAT.rawValue {
            connection.write(frame)
            return true
        }
        guard let session = connection.session else {
            beforeLogin(frame, envelope, connection, record)
            return true
        }
        if session.execution != 0 && envelope.type != HP_MESSAGE_ACK.rawValue { return wait(frame, session, connection, record) }
        if session.state == .open { serve(frame, &envelope, session, connection, record) }
        return true
    }

    static func scan(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope) -> Bool {
        guard frame.count >= Frame.headerLength, let base = frame.baseAddress else { return false }
        let body = (base + Frame.headerLength).assumingMemoryBound(to: UInt8.self)
        return hp_scan(body, frame.count - Frame.headerLength, &envelope) == HP_SCAN_OK
    }

    private func beforeLogin(
        _ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ connection: VirtualConnection, _ record: ChainRecord?
    ) {
        if envelope.type == HP_LOGIN_REQUEST.rawValue { return login(frame, envelope, connection, record) }
        let request = ChainRequest(type: envelope.type, sequence: envelope.sequence, messageID: envelope.msg_id)
        fail(request, ResultCode.notLoggedIn.rawValue, "log in first", connection)
    }

    /// Behind a suspended handler of the same session.
    private func wait(
        _ frame: UnsafeRawBufferPointer, _ session: Session, _ connection: VirtualConnection, _ record: ChainRecord?
    ) -> Bool {
        let pending = session.pending ?? PendingFrames()
        guard pending.count == 0 || pending.count + frame.count <= Self.mostPending else { return false }
        session.pending = pending
        pending.append(frame)
        connection.pendingRecords.append(record)
        return true
    }

    /// The handler they waited behind is done.
    func servePending(_ session: Session) {
        guard let connection = connection(of: session) else { return }
        if let pending = session.pending {
            session.pending = nil
            // One after the other, until one waits again: the rest is behind it then.
            pending.take { bytes in
                var offset = 0
                while connection.isOpen, session.execution == 0 {
                    var length: UInt32 = 0
                    guard offset < bytes.count, let base = bytes.baseAddress,
                        hp_frame_read(
                            (base + offset).assumingMemoryBound(to: UInt8.self), bytes.count - offset, UInt32(Int32.max), &length)
                            == HP_FRAME_COMPLETE
                    else { break }
                    let size = Int(length) + Frame.headerLength
                    let record = connection.pendingRecords.isEmpty ? nil : connection.pendingRecords.removeFirst()
                    _ = handle(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size]), connection, record)
                    offset += size
                }
                return connection.isOpen ? offset : bytes.count
            }
            if pending.count > 0 { session.pending = pending }
        }
        guard session.execution == 0 else { return }
        connection.isReading = true
        while connection.isReading, connection.isOpen, !connection.input.isEmpty {
            let (frame, record) = connection.input.removeFirst()
            if !frame.withUnsafeBytes({ handle($0, connection, record) }) {
                connection.isReading = false
                connection.input.insert((frame, record), at: 0)
            }
        }
    }

    /// A message of a logged-in session.
    private func serve(
        _ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ session: Session, _ connection: VirtualConnection,
        _ record: ChainRecord?
    ) {
        switch hp_head_type(envelope.type) {
        case HP_MESSAGE_REQUEST:
            let rewritten = rewrite(frame, &envelope, session)
            rewritten.withUnsafeBytes { runInbound($0, envelope, session, record) }
        case HP_LOGIN_REQUEST:
            let request = ChainRequest(type: envelope.type, sequence: envelope.sequence)
            fail(request, ResultCode.loginFailed.rawValue, "already logged in", connection)
        default:
            guard envelope.flags & UInt32(HP_INNER_TWICE) != 0 else { return runInbound(frame, envelope, session, record) }
            let rewritten = rewrite(frame, &envelope, session)
            rewritten.withUnsafeBytes { runInbound($0, envelope, session, record) }
        }
    }

    /// The frame as recipients are to get it: `from` is the sender, what only the node sets is gone, or set for a sender with RECEIPTS.
    /// `envelope` is scanned anew.
    private func rewrite(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ session: Session) -> [UInt8] {
        let body = frame.baseAddress.map { ($0 + Frame.headerLength).assumingMemoryBound(to: UInt8.self) }
        let length = frame.count - Frame.headerLength
        let uid = session.uidBytes
        let isMessage = envelope.type == HP_MESSAGE_REQUEST.rawValue
        let number = isMessage && session.wantsReceipts ? node.ids.next(now: node.clock.unixMilliseconds) : 0
        let changes = [
            hp_change(
                field: MessageFields.from,
                value: hp_field_value(number: 0, bytes: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count)),
            hp_change(field: MessageFields.serverID, value: hp_field_value(number: number, bytes: nil, length: 0)),
        ]
        let count = !isMessage ? 0 : number == 0 ? 1 : 2
        let size = hp_rewrite(body, length, &envelope, changes, count, isMessage, nil, 0)
        let result = [UInt8](unsafeUninitializedCapacity: size) { out, written in
            written = hp_rewrite(body, length, &envelope, changes, count, isMessage, out.baseAddress, size)
        }
        result.withUnsafeBytes { _ = Self.scan($0, &envelope) }
        return result
    }

    func connection(of session: Session) -> VirtualConnection? { session.transport?.takeUnretainedValue() as? VirtualConnection }
}
