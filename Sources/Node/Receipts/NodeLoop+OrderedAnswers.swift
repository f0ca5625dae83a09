import CWire
import Messaging
import Reactor

// MESSAGE_RESPONSEs of sessions with RECEIPTS, in the order of their requests.
extension NodeLoop {
    /// Requests of one session that may wait for their answers; then its reading stops until half of them are answered.
    static let mostUnanswered = 4096

    /// A request's answer is known, on this loop or another.
    func answer(_ address: ReceiptAddress, _ receipt: Receipt, _ serverID: UInt64) {
        if address.session.loop != index { return send(receipt, serverID, to: address) }
        guard let session = slots.session(address.session), let receipts = session.receipts, let connection = connection(of: session) else {
            return
        }
        receipts.answers.settle(address.ticket, receipt, serverID: serverID)
        sendAnswers(session, connection)
    }

    /// Writes the answers that are due.
    func sendAnswers(_ session: Session, _ connection: Connection) {
        guard let receipts = session.receipts else { return }
        while let answer = receipts.answers.next() { respond(answer, connection) }
        guard connection.pauses.contains(.answers), receipts.answers.count <= Self.mostUnanswered / 2 else { return }
        // Not now: a request of this session may be under way below.
        let handle = session.handle
        loop.execute { [unowned self] in
            if let session = slots.session(handle) { resumeReading(session, .answers) }
        }
    }

    /// The session is about to close: what is known is answered, the rest will not be.
    func giveUpAnswers(_ session: Session, _ connection: Connection) {
        guard let receipts = session.receipts else { return }
        for answer in receipts.answers.abandon() { respond(answer, connection) }
    }

    func respond(_ answer: AnswerQueue.Answer, _ connection: Connection) {
        var info = answer.receipt.info
        info.withUTF8 { info in
            // Room for all numbers and heads, in one go.
            withUnsafeTemporaryAllocation(byteCount: info.count + 128, alignment: 8) { room in
                let size = Self.encode(answer, UnsafeRawBufferPointer(info), room)
                let frame = UnsafeRawBufferPointer(rebasing: room[0..<min(size, room.count)])
                if hasOutbound, let session = session(of: connection), session.state == .open {
                    queueOutbound(frame, to: session.handle, Passage(sender: SessionHandle(rawValue: 0), isSole: false))
                } else {
                    connection.send(frame)
                }
            }
        }
    }

    private static func encode(_ answer: AnswerQueue.Answer, _ info: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) -> Int {
        let type = UInt32(HP_MESSAGE_RESPONSE.rawValue)
        var count = 0
        guard let fields = hp_fields(type, &count), count >= 6 else { return 0 }
        func number(_ place: Int, _ value: UInt64) -> hp_change {
            hp_change(field: fields + place, value: hp_field_value(number: value, bytes: nil, length: 0))
        }
        return withUnsafeTemporaryAllocation(of: hp_change.self, capacity: 5) { changes in
            // In the order of the table: result, code, info, expose, msg_id, server_id.
            changes.initialize(repeating: number(0, answer.receipt.isSuccess ? 1 : 0))
            changes[1] = number(1, UInt64(answer.receipt.code))
            changes[2] = hp_change(
                field: fields + 2,
                value: hp_field_value(number: 0, bytes: info.baseAddress?.assumingMemoryBound(to: UInt8.self), length: info.count))
            changes[3] = number(4, answer.messageID)
            changes[4] = number(5, answer.serverID)
            return hp_build(
                type, answer.sequence, nil, 0, changes.baseAddress, 5, room.baseAddress?.assumingMemoryBound(to: UInt8.self), room.count)
        }
    }

    // MARK: Other loops

    private func send(_ receipt: Receipt, _ serverID: UInt64, to address: ReceiptAddress) {
        guard let link = link(to: address.session.loop) else { return }
        var info = receipt.info
        info.withUTF8 { info in
            let place = link.reserve(a: address.session.rawValue, b: 0, kind: LoopRecordKind.receipt.rawValue, payload: 24 + info.count)
            place.storeBytes(of: address.ticket, as: UInt64.self)
            place.storeBytes(of: serverID, toByteOffset: 8, as: UInt64.self)
            place.storeBytes(of: UInt64(receipt.code), toByteOffset: 16, as: UInt64.self)
            if let base = info.baseAddress { (place + 24).copyMemory(from: base, byteCount: info.count) }
        }
    }

    func receivedReceipt(_ payload: UnsafeRawBufferPointer, for session: SessionHandle) {
        guard payload.count >= 24 else { return }
        let receipt = Receipt(
            code: UInt32(truncatingIfNeeded: payload.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            info: String(decoding: payload[24...], as: UTF8.self))
        answer(
            ReceiptAddress(session: session, ticket: payload.loadUnaligned(as: UInt64.self)), receipt,
            payload.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
}
