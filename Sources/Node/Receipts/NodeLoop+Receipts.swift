import CPluginBridge
import CWire
import Messaging
import PluginHost
import Reactor
import WireProtocol

// Messages whose senders wait for a receipt, on the sender's loop: from their coming to their end.
extension NodeLoop {
    /// A MESSAGE_REQUEST of a session with RECEIPTS.
    func serveTracked(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ session: Session, _ connection: Connection) {
        guard let receipts = session.receipts else { return }
        let ticket = receipts.answers.open(sequence: envelope.sequence, messageID: envelope.msg_id)
        if receipts.answers.count >= Self.mostUnanswered { connection.pauseReading(.answers) }
        let address = ReceiptAddress(session: session.handle, ticket: ticket)
        var message = TrackedMessage(serverID: shared.newServerID(), origin: DeliveryOrigin(loop: index), sender: session.handle)
        let key = key(of: envelope, frame, session)
        if let key {
            if let cluster = shared.cluster {
                message.name = key.name
                doubt(&message, session, cluster)
            }
            switch shared.remembered.begin(key, from: address, proposed: message.serverID, now: rememberedNow) {
            case .new:
                break
            case .again(let serverID):
                message.serverID = serverID
                message.isRetry = true
            case .inFlight:
                return statistics.resends &+= 1
            case .answered(let receipt, let serverID):
                statistics.resends &+= 1
                return answer(address, receipt, serverID)
            }
        }
        tracker.begin(message.serverID, for: address, key: key)
        message.isToSelf = envelope.group.length == 0 && Self.isSame(Self.part(envelope.to, of: frame), session.uidBytes)
        let numbered = rewrite(frame, &envelope, session, serverID: message.serverID)
        guard fits(numbered) else { return end(message, .failed(Receipt(.tooLarge, Self.tooLargeText))) }
        tracking = message
        if scriptless { return redirectTracked(numbered, envelope, message) }
        runInbound(numbered, envelope, session)
    }

    private func redirectTracked(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ message: TrackedMessage) {
        let count = routeAlong(frame, to: Self.part(envelope.to, of: frame), from: message.sender)
        tracking = nil
        end(message, count > 0 ? .handled : .failed(Receipt(.unavailable, "not reachable now")))
    }

    /// What the sender calls the message; nil where it has no name, or nothing is remembered.
    private func key(of envelope: hp_envelope, _ frame: UnsafeRawBufferPointer, _ session: Session) -> MessageKey? {
        guard envelope.msg_id != 0, shared.remembered.isOn else { return nil }
        let isGroup = envelope.group.length > 0
        return MessageKey(
            uid: session.uidBytes, device: session.deviceBytes, recipient: Self.part(isGroup ? envelope.group : envelope.to, of: frame),
            isGroup: isGroup, messageID: envelope.msg_id, secret: shared.messageSecret)
    }

    static func part(_ span: hp_span, of frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard span.offset > 0, let base = frame.baseAddress else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base + Int(HP_FRAME_HEAD) + Int(span.offset), count: Int(span.length))
    }

    static func isSame(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool { a.elementsEqual(b) }

    var rememberedNow: UInt32 { UInt32(truncatingIfNeeded: loop.now / 1_000_000_000) }

    // MARK: Ends

    /// The chain of a message has come to its end.
    func end(_ message: TrackedMessage, _ end: DeliveryTracker.End) {
        perform(tracker.ended(message.serverID, end, now: loop.now))
        scheduleReceiptTimer()
    }

    /// A device says what became of a message of this loop: a session of any loop, or another node that was handed the message and counted by
    /// `tracker.sent`. Late and unknown ones are harmless.
    /// - Parameter first: the number under which the device has it, where that is another one; else 0.
    func report(_ serverID: UInt64, _ outcome: DeliveryOutcome, as first: UInt64 = 0) {
        perform(tracker.device(serverID, outcome, as: first))
    }

    /// A store has committed a message of which `tracker.stores` was told, or will not.
    func stored(_ serverID: UInt64, _ receipt: Receipt, as stored: UInt64 = 0) { perform(tracker.stored(serverID, receipt, as: stored)) }

    private func perform(_ action: DeliveryTracker.Action) {
        switch action {
        case .none:
            break
        case .acceptedLate(let key, let first):
            shared.remembered.acceptedLate(key, as: first)
        case .answer(let settled):
            guard let key = settled.key else {
                count(settled.receipt)
                return answer(settled.address, settled.receipt, settled.serverID)
            }
            let (receipt, others) = shared.remembered.settle(
                key, settled.receipt, as: settled.serverID, wasTaken: settled.wasTaken, now: rememberedNow)
            count(receipt)
            answer(settled.address, receipt, settled.serverID)
            for other in others { answer(other, receipt, settled.serverID) }
        }
    }

    func count(_ receipt: Receipt) {
        if receipt.isSuccess {
            statistics.receipts &+= 1
        } else {
            statistics.refusals[min(Int(receipt.code), statistics.refusals.count - 1)] &+= 1
        }
    }

    // MARK: Time

    private func scheduleReceiptTimer() {
        guard !receiptTimerRuns, let deadline = tracker.nextDeadline else { return }
        receiptTimerRuns = true
        let left = deadline > loop.now ? (deadline - loop.now + 999_999) / 1_000_000 : 0
        _ = loop.scheduleTimer(afterMilliseconds: Int(left), self, tag: Self.receiptTag)
    }

    func expireReceipts() {
        receiptTimerRuns = false
        while let action = tracker.expired(now: loop.now) { perform(action) }
        scheduleReceiptTimer()
    }
}
