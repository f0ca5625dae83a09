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
        let delivery = UnconfirmedDeliveries.Delivery(serverID: message.serverID, origin: message.origin, name: message.name)
        if session.acknowledges {
            connection.send(frame)
            guard let givenUp = receipts.deliveries.sent(delivery) else { return }
            tell(givenUp.origin, givenUp.asked, .refused)
        } else {
            connection.tellsFlushes = true
            connection.send(frame)
            receipts.deliveries.wrote(delivery, waiting: connection.bytesToFlush)
        }
    }

    /// A message that is tried again, and that this session has confirmed already, or will confirm anyway.
    func isUnderWay(_ message: TrackedMessage, to session: Session) -> Bool {
        guard let receipts = session.receipts else { return false }
        if let before = receipts.deliveries.moved(.init(serverID: message.serverID, origin: message.origin, name: message.name)) {
            tell(before.origin, before.asked, .refused)
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
            if delivery.origin == .store { took(delivery.serverID, session) } else { confirm(delivery, of: session) }
        }
        if !receipts.deliveries.countsFlushes { connection.tellsFlushes = false }
    }

    /// The session is over: what it did not confirm is lost with it.
    func refuseUnconfirmed(_ session: Session) {
        guard let receipts = session.receipts else { return }
        for delivery in receipts.deliveries.removeAll() where delivery.origin != .store {
            tell(delivery.origin, delivery.asked, .refused)
        }
    }

    /// A device has a message.
    private func confirm(_ delivery: UnconfirmedDeliveries.Delivery, of session: Session) {
        if let name = delivery.name {
            shared.delivered.took(name, session.uidBytes, delivery.serverID)
            session.receipts?.taken.add(name, delivery.serverID, now: rememberedNow)
        }
        tell(delivery.origin, delivery.asked, .taken, as: delivery.asked == delivery.serverID ? 0 : delivery.serverID)
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
            guard let delivery = session.receipts?.deliveries.acknowledged(serverID) else { continue }
            statistics.acknowledgements &+= 1
            confirm(delivery, of: session)
        }
    }

    // MARK: Telling

    func tell(_ message: TrackedMessage?, _ outcome: DeliveryOutcome) {
        if let message { tell(message.origin, message.serverID, outcome) }
    }

    /// Tells whoever tracks a message what became of it here.
    /// - Parameter first: the number under which a device has it, where that is another one; else 0.
    func tell(_ origin: DeliveryOrigin, _ serverID: UInt64, _ outcome: DeliveryOutcome, as first: UInt64 = 0) {
        if origin.rawValue == UInt32(index) { return report(serverID, outcome, as: first) }
        guard origin.isLoop else { return tellNode(origin, serverID, outcome, as: first) }
        withUnsafeBytes(of: first) {
            link(to: Int(origin.rawValue))?.send(
                a: serverID, b: UInt64(outcome.rawValue), kind: LoopRecordKind.outcome.rawValue, payload: $0)
        }
    }
}
