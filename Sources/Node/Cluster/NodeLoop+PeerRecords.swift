import CWire
import Cluster
import Messaging
import Reactor
import Synchronization
import WireProtocol

// What other nodes say, on the loop that has the peer port.
extension NodeLoop: PeerReceiver {
    func received(_ record: PeerRecord, from node: NodeID) {
        switch record.kind {
        case .deliver:
            let traced = record.untraced
            var record = traced?.record ?? record
            let name = record.takeName()
            let span = traced.flatMap { spanFromPeer($0.trace, node) }
            deliverFromPeer(record, named: name, node)
            span?.end()
        case .deliverToSession:
            guard let session = shared.find(id: String(decoding: record.key, as: UTF8.self)) else {
                return refuse(record, node, isGone: true)
            }
            deliver(record, to: session.handle, node)
        case .closeSession:
            guard let session = shared.find(id: String(decoding: record.key, as: UTF8.self)) else { return }
            close(session.handle, .plugin, String(decoding: record.payload, as: UTF8.self))
        case .broadcast: broadcast(record.payload)
        case .refused: refusedByPeer(record, node)
        case .rules: peerRules[node] = record.number
        case .outcome: outcomeFromPeer(record)
        case .deliverToMany: deliverToMany(record, node)
        case .deviceTook: deviceTook(record)
        case .readStore: record.key.isEmpty ? readStoreOfAll() : readStoreHere(record.key)
        }
    }

    func refused(_ error: PeerProtocolError, remote: String) {
        if let suppressed = peerLog.admit(remote, second: loop.now / 1_000_000_000) {
            logger.warning(
                "a connection to the peer port is refused: \(error)", metadata: ["remote": "\(remote)", "suppressed": "\(suppressed)"])
        }
    }

    /// To all sessions a user has here.
    private func deliverFromPeer(_ record: PeerRecord, named name: MessageName?, _ node: NodeID) {
        if let own = rulesDigest, let theirs = peerRules[node], own != theirs {
            shared.cluster?.mismatches.wrappingAdd(1, ordering: .relaxed)
        }
        let found = self.found
        shared.routes.sessions(of: record.key, into: found)
        let count = found.count
        if let message = message(in: record, named: name, from: node) { return deliver(record, message, node) }
        guard count > 0 else { return refuse(record, node, isGone: true) }
        if count == 1 { return deliver(record, to: found.base[0].handle, node) }
        let frame = found.acknowledges ? numbered(record.payload) : record.payload
        var taken = false
        for position in 0..<count {
            if send(frame, to: found.base[position].handle, from: SessionHandle(rawValue: 0), sole: false) { taken = true }
        }
        if !taken { refuse(record, node, isGone: false) }
    }

    /// To one session, whose refusal goes back to the sender's node.
    private func deliver(_ record: PeerRecord, to handle: SessionHandle, _ node: NodeID) {
        if handle.loop == index {
            guard let session = slots.session(handle) else { return refuse(record, node, isGone: true) }
            if !deliver(record.payload, to: session, from: SessionHandle(rawValue: 0), sole: false) { refuse(record, node, isGone: false) }
            return
        }
        guard let link = link(to: handle.loop), link.outstandingBytes < Self.mostOutstanding else {
            return refuse(record, node, isGone: false)
        }
        let place = link.reserve(
            a: handle.rawValue, b: UInt64(node.rawValue) << 8 | UInt64(record.flags), kind: LoopRecordKind.deliverFromPeer.rawValue,
            payload: 8 + record.payload.count)
        place.storeBytes(of: record.number, as: UInt64.self)
        if let base = record.payload.baseAddress { (place + 8).copyMemory(from: base, byteCount: record.payload.count) }
    }

    /// On the loop of the recipient's session.
    func receivedFromPeer(_ record: LinkRecord) {
        guard record.payload.count > 8 else { return }
        let frame = UnsafeRawBufferPointer(rebasing: record.payload[8...])
        let session = slots.session(SessionHandle(rawValue: record.a))
        if let session, deliver(frame, to: session, from: SessionHandle(rawValue: 0), sole: false) { return }
        let message = PeerRecord(
            .deliver, flags: UInt8(truncatingIfNeeded: record.b), number: record.payload.loadUnaligned(as: UInt64.self), payload: frame)
        refuse(message, NodeID(UInt32(truncatingIfNeeded: record.b >> 8)), isGone: session == nil)
    }

    // MARK: Messages whose senders wait for a receipt

    private func message(in record: PeerRecord, named name: MessageName?, from node: NodeID) -> TrackedMessage? {
        var message = message(in: record.payload, record.flags, node)
        message?.name = name
        return message
    }

    func message(in frame: UnsafeRawBufferPointer, _ flags: UInt8, _ node: NodeID) -> TrackedMessage? {
        guard flags & PeerRecord.tracked != 0, let envelope = Self.scan(frame) else { return nil }
        let serverID = Self.serverID(in: frame, envelope)
        guard serverID != 0 else { return nil }
        return TrackedMessage(
            serverID: serverID, origin: DeliveryOrigin(node), isRetry: flags & PeerRecord.retry != 0,
            isDoubtful: flags & PeerRecord.doubtful != 0, isRefugee: flags & PeerRecord.refugee != 0,
            isAlone: flags & PeerRecord.alone != 0)
    }

    /// The sender's node counts this one as one device; it is told when there are more.
    private func deliver(_ record: PeerRecord, _ message: TrackedMessage, _ node: NodeID) {
        let handles = (0..<found.count).map { found.base[$0].handle }
        var known: TrackedMessage? = message
        if !handles.isEmpty, isTaken(&known, by: record.key) { return }
        tell(node, handles.count, of: message)
        if handles.isEmpty { return refuse(record, node, isGone: true) }
        if handles.count > 1 { known?.isAlone = false }
        let passage = Passage(sender: SessionHandle(rawValue: 0), isSole: false, message: known)
        for handle in handles where !sendAlong(record.payload, to: handle, passage) {
            tellNode(message.origin, message.serverID, .refused)
        }
    }

    /// Tells the node a message came from how many devices there are for it here.
    func tell(_ node: NodeID, _ count: Int, of message: TrackedMessage) {
        if count == 0 { return tellNode(message.origin, message.serverID, .refused) }
        if count == 1 { return }
        var more = UInt32(count - 1).bigEndian
        withUnsafeBytes(of: &more) {
            _ = forward(PeerRecord(.outcome, flags: PeerRecord.moreDevices, number: message.serverID, payload: $0), to: node)
        }
    }

    /// Tells the node a message came from what became of it at a device here.
    func tellNode(_ origin: DeliveryOrigin, _ serverID: UInt64, _ outcome: DeliveryOutcome, as first: UInt64 = 0) {
        withUnsafeBytes(of: first.bigEndian) { first in
            let payload = UnsafeRawBufferPointer(rebasing: first.prefix(first.contains { $0 != 0 } ? first.count : 0))
            _ = forward(PeerRecord(.outcome, flags: outcome.rawValue, number: serverID, payload: payload), to: origin.node)
        }
    }

    /// Which loop's message it is only that loop knows; to the others it means nothing.
    private func outcomeFromPeer(_ record: PeerRecord) {
        var what = UInt64(record.flags)
        if record.flags == PeerRecord.moreDevices, record.payload.count == 4 {
            what |= UInt64(UInt32(bigEndian: record.payload.loadUnaligned(as: UInt32.self))) << 8
        }
        let first = record.payload.count == 8 ? UInt64(bigEndian: record.payload.loadUnaligned(as: UInt64.self)) : 0
        outcome(record.number, what, as: first)
        withUnsafeBytes(of: first) { first in
            for link in links { link?.send(a: record.number, b: what, kind: LoopRecordKind.outcome.rawValue, payload: first) }
        }
    }

    /// - Parameter what: a `DeliveryOutcome`, or `PeerRecord.moreDevices` with their number above it.
    func outcome(_ serverID: UInt64, _ what: UInt64, as first: UInt64) {
        if what & 0xff == UInt64(PeerRecord.moreDevices) {
            for _ in 0..<min(what >> 8, 10_000) { tracker.sent(serverID, isQueued: true) }
        } else if let outcome = DeliveryOutcome(rawValue: UInt8(truncatingIfNeeded: what)) {
            report(serverID, outcome, as: first)
        }
    }

    /// Tells a node that its message was not taken.
    /// - Parameter isGone: the user, or the session, is not here at all.
    func refuse(_ record: PeerRecord, _ node: NodeID, isGone: Bool) {
        // What is stored is not lost with this session.
        let concernsSender =
            record.flags & PeerRecord.sole != 0 && record.flags & PeerRecord.tracked == 0 && Self.storedID(in: record.payload) == 0
        guard concernsSender || isGone, let (sequence, messageID) = request(in: record.payload) else { return }
        var numbers = (sequence.bigEndian, messageID.bigEndian)
        withUnsafeBytes(of: &numbers) { numbers in
            let answer = PeerRecord(
                .refused, flags: UInt8(ResultCode.unavailable.rawValue), number: concernsSender ? record.number : 0,
                key: isGone && record.kind == .deliver ? record.key : UnsafeRawBufferPointer(start: nil, count: 0), payload: numbers)
            _ = forward(answer, to: node)
        }
    }

    private func request(in frame: UnsafeRawBufferPointer) -> (sequence: UInt64, messageID: UInt64)? {
        var envelope = hp_envelope()
        let head = Int(HP_FRAME_HEAD)
        guard frame.count >= head, let base = frame.baseAddress,
            hp_scan((base + head).assumingMemoryBound(to: UInt8.self), frame.count - head, &envelope) == HP_SCAN_OK,
            envelope.type == HP_MESSAGE_REQUEST.rawValue
        else { return nil }
        return (envelope.sequence, envelope.msg_id)
    }

    private func refusedByPeer(_ record: PeerRecord, _ node: NodeID) {
        if !record.key.isEmpty { shared.cluster?.isGone(String(decoding: record.key, as: UTF8.self), from: node) }
        guard record.number != 0, record.payload.count == 16 else { return }
        let sender = SessionHandle(rawValue: record.number)
        let sequence = UInt64(bigEndian: record.payload.loadUnaligned(as: UInt64.self))
        let messageID = UInt64(bigEndian: record.payload.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        if sender.loop == index { return failLate(sender, sequence, messageID) }
        withUnsafeBytes(of: (sequence, messageID)) { payload in
            link(to: sender.loop)?.send(
                a: sender.rawValue, b: UInt64(record.flags), kind: LoopRecordKind.refused.rawValue, payload: payload)
        }
    }
}
