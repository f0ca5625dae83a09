import CPluginBridge
import CWire
import Messaging
import Reactor

// Messages whose senders wait for a receipt, on the loop of a recipient: what devices take, and who is told.
extension NodeLoop {
    /// Puts the frame into the output and waits for what confirms it: an acknowledgement, or that the kernel took its bytes.
    func writeTracked(_ frame: UnsafeRawBufferPointer, _ message: TrackedMessage, to session: Session, _ connection: Connection) {
        let receipts = session.receipts ?? SessionReceipts()
        session.receipts = receipts
        if session.acknowledges {
            connection.send(frame)
            guard let givenUp = receipts.deliveries.sent(message.serverID, message.origin) else { return }
            tell(givenUp.origin, givenUp.serverID, .refused)
        } else {
            connection.tellsFlushes = true
            connection.send(frame)
            receipts.deliveries.wrote(message.serverID, message.origin, waiting: connection.bytesToFlush)
        }
    }

    /// A message that is tried again, and that this session has confirmed already, or will confirm anyway.
    func isUnderWay(_ message: TrackedMessage, to session: Session) -> Bool {
        guard let receipts = session.receipts else { return false }
        if let before = receipts.deliveries.moved(message.serverID, to: message.origin) {
            tell(before, message.serverID, .refused)
            return true
        }
        // Its sender was told a failure before it could be told of this.
        guard receipts.deliveries.isConfirmed(message.serverID) else { return false }
        tell(message, .taken)
        return true
    }

    func flushed(_ connection: Connection, _ bytes: Int) {
        guard let session = session(of: connection), let receipts = session.receipts else { return connection.tellsFlushes = false }
        receipts.deliveries.advance(bytes)
        while let delivery = receipts.deliveries.nextFlushed() {
            if delivery.origin == .store { took(delivery.serverID, session) } else { tell(delivery.origin, delivery.serverID, .taken) }
        }
        if !receipts.deliveries.countsFlushes { connection.tellsFlushes = false }
    }

    /// The session is over: what it did not confirm is lost with it.
    func refuseUnconfirmed(_ session: Session) {
        guard let receipts = session.receipts else { return }
        for delivery in receipts.deliveries.removeAll() where delivery.origin != .store {
            tell(delivery.origin, delivery.serverID, .refused)
        }
    }

    // MARK: Acknowledgements

    func serveAcknowledgement(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ session: Session) {
        let split = envelope.flags & UInt32(HP_INNER_TWICE) != 0
        let frame = split ? rewrite(frame, &envelope, session) : frame
        if hasAcknowledgementHandlers, !scriptless { return runInbound(frame, envelope, session) }
        acknowledge(Self.part(envelope.inner, of: frame), session)
    }

    /// A MESSAGE_ACK that has passed its handlers.
    func acknowledge(_ frame: hp_bytes, _ session: Session) {
        var envelope = hp_envelope()
        let head = Int(HP_FRAME_HEAD)
        guard let data = frame.data, frame.length >= head, hp_scan(data + head, frame.length - head, &envelope) == HP_SCAN_OK else {
            return
        }
        acknowledge(Self.part(envelope.inner, of: UnsafeRawBufferPointer(start: data, count: frame.length)), session)
    }

    /// Only what this session was sent counts: nobody acknowledges for others.
    private func acknowledge(_ inner: UnsafeRawBufferPointer, _ session: Session) {
        guard session.receipts != nil || session.feed != nil, let field = MessageFields.acknowledged else { return }
        var position = hp_repeated()
        var serverID: UInt64 = 0
        hp_repeated_begin(&position, inner.baseAddress?.assumingMemoryBound(to: UInt8.self), inner.count, field)
        while hp_repeated_next(&position, &serverID) {
            if session.acknowledges, let feed = session.feed, feed.took(serverID) {
                statistics.acknowledgements &+= 1
                tellStore(session, feed)
                continue
            }
            guard let origin = session.receipts?.deliveries.acknowledged(serverID) else { continue }
            statistics.acknowledgements &+= 1
            tell(origin, serverID, .taken)
        }
    }

    // MARK: Telling

    func tell(_ message: TrackedMessage?, _ outcome: DeliveryOutcome) {
        if let message { tell(message.origin, message.serverID, outcome) }
    }

    /// Tells whoever tracks a message what became of it here.
    func tell(_ origin: DeliveryOrigin, _ serverID: UInt64, _ outcome: DeliveryOutcome) {
        if origin.rawValue == UInt32(index) { return report(serverID, outcome) }
        guard origin.isLoop else { return tellNode(origin, serverID, outcome) }
        link(to: Int(origin.rawValue))?.send(
            a: serverID, b: UInt64(outcome.rawValue), kind: LoopRecordKind.outcome.rawValue,
            payload: UnsafeRawBufferPointer(start: nil, count: 0))
    }
}
