import Messaging
import Reactor

// Frames with something beside their bytes: notes are taken of their chain, or their sender waits for a receipt.
extension NodeLoop {
    /// Whether what a running chain sends is more than bytes.
    var isAccompanied: Bool { noting != nil || tracking != nil }

    /// `route` for a chain that is accompanied.
    func routeAlong(_ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, from sender: SessionHandle) -> UInt32 {
        let message = trackedMessage(in: frame, to: uid)
        return routeAlong(frame, to: uid, Passage(sender: sender, isSole: nil, note: noting, message: message))
    }

    /// - Parameter passage: `isSole` nil: when there is one session only.
    func routeAlong(_ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer, _ passage: Passage) -> UInt32 {
        let found = self.found
        shared.routes.sessions(of: uid, into: found)
        let handles = (0..<found.count).map { found.base[$0].handle }
        if handles.isEmpty, let message = passage.message, message.origin.isLoop { tracker.sent(message.serverID, isQueued: false) }
        let frame = found.acknowledges && passage.message == nil ? numbered(frame) : frame
        var passage = passage
        if !handles.isEmpty, isTaken(&passage.message, by: uid) { return 1 }
        if passage.isSole == nil { passage.isSole = handles.count == 1 }
        return handles.reduce(0) { $0 + (sendAlong(frame, to: $1, passage) ? 1 : 0) }
    }

    /// A message that another node brought before, and that a device of the user has: its tracker is told, and nobody gets it again.
    func isTaken(_ message: inout TrackedMessage?, by uid: UnsafeRawBufferPointer) -> Bool {
        guard let known = message, let name = known.name else { return false }
        switch shared.delivered.begin(name, to: uid, known.serverID, now: rememberedNow) {
        case .new: return false
        case .underWay:
            message?.isUnderWay = true
            return false
        case .taken(let first):
            statistics.resends &+= 1
            if known.origin.isLoop { tracker.sent(known.serverID, isQueued: true) }
            tell(known.origin, known.serverID, .taken, as: first == known.serverID ? 0 : first)
            return true
        }
    }

    /// To a session of any loop; false when that is known to be in vain.
    func sendAlong(_ frame: UnsafeRawBufferPointer, to recipient: SessionHandle, _ passage: Passage) -> Bool {
        let isQueued: Bool
        if recipient.loop == index {
            isQueued = slots.session(recipient).map { deliver(frame, to: $0, passage) } ?? false
        } else {
            isQueued = handOver(frame, to: recipient, passage)
        }
        if let message = passage.message, message.origin.isLoop { tracker.sent(message.serverID, isQueued: isQueued) }
        return isQueued
    }

    /// Puts a frame into a session's output; false when it can't take it.
    func deliver(_ frame: UnsafeRawBufferPointer, to session: Session, _ passage: Passage) -> Bool {
        guard let connection = connection(of: session), connection.isOpen else { return false }
        var passage = passage
        if let feed = session.feed, passage.storedID == 0 {
            passage.storedID = Self.storedID(in: frame)
            if passage.storedID != 0 {
                // In the store already: it is read there if this session does not get it now.
                passage.message = nil
                guard feed.takesLive(passage.storedID, now: loop.now) else { return true }
            }
        }
        if let message = passage.message {
            if message.isRetry || message.isUnderWay, isUnderWay(message, to: session) { return true }
            switch whereabouts(of: message, session) {
            case .notHere: break
            case .here: return true
            case .unknown: return false
            }
        }
        if connection.waitingBytes > writeBufferHigh || session.congestion != nil {
            guard admit(session, connection, from: passage.sender) else {
                guard passage.storedID != 0 else { return false }
                session.feed?.missed(passage.storedID)
                return true
            }
        }
        let frame = session.acknowledges && passage.message == nil && passage.storedID == 0 ? numbered(frame) : frame
        if hasOutbound {
            passage.note?.sends()
            queueOutbound(frame, to: session.handle, passage)
        } else {
            write(frame, to: session, connection, passage)
        }
        return true
    }

    /// The frame as it leaves.
    func write(_ frame: UnsafeRawBufferPointer, to session: Session, _ connection: Connection, _ passage: Passage) {
        if passage.storedID != 0 {
            writeStored(frame, passage.storedID, to: session, connection)
        } else if let message = passage.message {
            writeTracked(frame, message, to: session, connection)
        } else {
            connection.send(frame)
        }
        passage.note?.delivered(frame, to: session)
        statistics.messagesDelivered &+= 1
    }

    // MARK: Other loops

    private static let passageBytes = 40

    private func handOver(_ frame: UnsafeRawBufferPointer, to recipient: SessionHandle, _ passage: Passage) -> Bool {
        guard let link = link(to: recipient.loop), link.outstandingBytes < Self.mostOutstanding else { return false }
        passage.note?.sends()
        let note = passage.note.map { UInt(bitPattern: Unmanaged.passRetained($0).toOpaque()) } ?? 0
        let message = passage.message
        let place = link.reserve(
            a: recipient.rawValue, b: passage.sender.rawValue | (passage.isSole == true ? LoopRecordKind.soleRecipient : 0),
            kind: LoopRecordKind.deliverAlong.rawValue, payload: Self.passageBytes + frame.count)
        place.storeBytes(of: UInt64(note), as: UInt64.self)
        place.storeBytes(of: message?.serverID ?? 0, toByteOffset: 8, as: UInt64.self)
        place.storeBytes(of: message?.origin.rawValue ?? 0, toByteOffset: 16, as: UInt32.self)
        let bits: UInt32 =
            (message?.isRetry == true ? 1 : 0) | (message?.isUnderWay == true ? 2 : 0) | (message?.isDoubtful == true ? 4 : 0)
            | (message?.isRefugee == true ? 8 : 0) | (message?.isAlone == true ? 16 : 0)
        place.storeBytes(of: bits, toByteOffset: 20, as: UInt32.self)
        place.storeBytes(of: MessageName.fields(message?.name), toByteOffset: 24, as: (UInt64, UInt64).self)
        if let base = frame.baseAddress { (place + Self.passageBytes).copyMemory(from: base, byteCount: frame.count) }
        return true
    }

    /// What another loop's chain sends to a session of this one.
    func receivedAlong(_ payload: UnsafeRawBufferPointer, to recipient: SessionHandle, from sender: SessionHandle, sole: Bool) {
        guard payload.count >= Self.passageBytes else { return }
        var passage = Passage(sender: sender, isSole: sole)
        if let note = UnsafeRawPointer(bitPattern: UInt(payload.loadUnaligned(as: UInt64.self))) {
            passage.note = Unmanaged<ChainNote>.fromOpaque(note).takeRetainedValue()
        }
        let serverID = payload.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        if serverID != 0 {
            let bits = payload.loadUnaligned(fromByteOffset: 20, as: UInt32.self)
            passage.message = TrackedMessage(
                serverID: serverID, origin: DeliveryOrigin(rawValue: payload.loadUnaligned(fromByteOffset: 16, as: UInt32.self)),
                isRetry: bits & 1 != 0,
                name: MessageName(
                    fields: payload.loadUnaligned(fromByteOffset: 24, as: UInt64.self),
                    payload.loadUnaligned(fromByteOffset: 32, as: UInt64.self)),
                isUnderWay: bits & 2 != 0, isDoubtful: bits & 4 != 0, isRefugee: bits & 8 != 0, isAlone: bits & 16 != 0)
        }
        let frame = UnsafeRawBufferPointer(rebasing: payload[Self.passageBytes...])
        let isDelivered = slots.session(recipient).map { deliver(frame, to: $0, passage) } ?? false
        if !isDelivered {
            if let message = passage.message {
                tell(message.origin, message.serverID, .refused)
            } else if sole {
                refused(frame, from: sender)
            }
        }
        passage.note?.arrived()
    }
}
