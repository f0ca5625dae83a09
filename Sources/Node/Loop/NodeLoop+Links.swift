import Messaging
import Reactor
import WireProtocol

// What other loops send.
extension NodeLoop: LoopLinkDelegate {
    func received(_ record: LinkRecord, from link: LoopLink) {
        switch LoopRecordKind(rawValue: record.kind) {
        case .deliver:
            let sender = SessionHandle(rawValue: record.b & ~LoopRecordKind.soleRecipient)
            let sole = record.b & LoopRecordKind.soleRecipient != 0
            let recipient = SessionHandle(rawValue: record.a)
            guard let session = slots.session(recipient), deliver(record.payload, to: session, from: sender, sole: sole) else {
                if sole { refused(record.payload, from: sender) }
                return
            }
        case .deliverAlong:
            receivedAlong(
                record.payload, to: SessionHandle(rawValue: record.a),
                from: SessionHandle(rawValue: record.b & ~LoopRecordKind.soleRecipient),
                sole: record.b & LoopRecordKind.soleRecipient != 0)
        case .outcome:
            outcome(record.a, record.b, as: record.payload.count == 8 ? record.payload.loadUnaligned(as: UInt64.self) : 0)
        case .receipt:
            receivedReceipt(record.payload, for: SessionHandle(rawValue: record.a))
        case .pause:
            pauseHere(SessionHandle(rawValue: record.a))
        case .resume:
            resumeHere(SessionHandle(rawValue: record.a))
        case .refused:
            let numbers = record.payload
            guard numbers.count == 16 else { return }
            failLate(
                SessionHandle(rawValue: record.a), numbers.loadUnaligned(as: UInt64.self),
                numbers.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        case .close:
            close(
                SessionHandle(rawValue: record.a), ChatCloseReason(rawValue: UInt8(truncatingIfNeeded: record.b)) ?? .plugin,
                String(decoding: record.payload, as: UTF8.self))
        case .broadcast:
            broadcastHere(record.payload)
        case .readStore:
            if record.a == 0 { readStoreInTurn() } else { readStore(SessionHandle(rawValue: record.a)) }
        case .forward:
            receivedForward(record)
        case .deliverFromPeer:
            receivedFromPeer(record)
        case nil:
            break
        }
    }
}
