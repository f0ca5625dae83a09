import CWire
import Cluster
import Messaging
import Reactor
import Synchronization
import TLS

// Records to other nodes. Each node's link belongs to one loop; the others reach it by way of that one.
extension NodeLoop {
    /// The loop that has the link to a node.
    func owner(of node: NodeID) -> Int { Int(node.rawValue) % links.count }

    /// Queues a record for a node; false when it cannot be taken.
    func forward(_ record: PeerRecord, to node: NodeID) -> Bool {
        if queue(record, for: node) { return true }
        if record.isDelivery { missed(node) }
        return false
    }

    private func queue(_ record: PeerRecord, for node: NodeID) -> Bool {
        let owner = owner(of: node)
        if owner == index { return peers[node]?.send(record) ?? false }
        guard let link = link(to: owner), link.outstandingBytes < Self.mostOutstanding else { return false }
        let place = link.reserve(
            a: record.number, b: UInt64(node.rawValue) << 16 | UInt64(record.kind.rawValue) << 8 | UInt64(record.flags),
            kind: LoopRecordKind.forward.rawValue, payload: 2 + record.key.count + record.payload.count)
        place.storeBytes(of: UInt16(truncatingIfNeeded: record.key.count), as: UInt16.self)
        if let base = record.key.baseAddress { (place + 2).copyMemory(from: base, byteCount: record.key.count) }
        if let base = record.payload.baseAddress {
            (place + 2 + record.key.count).copyMemory(from: base, byteCount: record.payload.count)
        }
        return true
    }

    /// Another loop's record for a node whose link is here.
    func receivedForward(_ record: LinkRecord) {
        let bytes = record.payload
        guard bytes.count >= 2, let kind = PeerRecord.Kind(rawValue: UInt8(truncatingIfNeeded: record.b >> 8)) else { return }
        let keyLength = Int(bytes.loadUnaligned(as: UInt16.self))
        let forwarded = PeerRecord(
            kind, flags: UInt8(truncatingIfNeeded: record.b), number: record.a,
            key: UnsafeRawBufferPointer(rebasing: bytes[2..<2 + keyLength]),
            payload: UnsafeRawBufferPointer(rebasing: bytes[(2 + keyLength)...]))
        let node = NodeID(UInt32(truncatingIfNeeded: record.b >> 16))
        if peers[node]?.send(forwarded) != true { undelivered(forwarded, node) }
    }

    /// A frame for every session of every other node.
    func broadcastAway(_ frame: UnsafeRawBufferPointer) {
        guard let cluster else { return }
        let own = cluster.view.own
        for node in cluster.view.nodes.keys where node != own { _ = forward(PeerRecord(.broadcast, payload: frame), to: node) }
    }

    /// A node did not get it: whoever waits for it is told.
    func undelivered(_ record: PeerRecord, _ node: NodeID) {
        if record.isDelivery { missed(node) }
        let record = record.untraced?.record ?? record
        switch record.kind {
        case .deliverToMany:
            guard let frame = PeerUsers.read(record.payload, { _ in }), record.flags & PeerRecord.tracked != 0 else { return }
            guard let envelope = Self.scan(frame) else { return }
            tell(DeliveryOrigin(loop: SessionHandle(rawValue: record.number).loop), Self.serverID(in: frame, envelope), .refused)
        case .deliver, .deliverToSession:
            let sender = SessionHandle(rawValue: record.number)
            if record.flags & PeerRecord.tracked != 0 {
                guard let envelope = Self.scan(record.payload) else { return }
                tell(DeliveryOrigin(loop: sender.loop), Self.serverID(in: record.payload, envelope), .refused)
            } else if record.flags & PeerRecord.sole != 0 {
                refused(record.payload, from: SessionHandle(rawValue: record.number))
            }
        default: break
        }
    }

    // MARK: Links

    func addPeer(_ address: PeerAddress, _ cluster: NodeCluster) {
        if peers[address.id] != nil { return }
        let link = PeerLink(
            loop: loop, to: address, own: { cluster.view.own }, secret: cluster.secret, limits: cluster.limits,
            filter: shared.tls[TLSDoors.Name.peerDial]?.source, delegate: self)
        peers[address.id] = link
        link.start()
        if let digest = rulesDigest { _ = link.send(PeerRecord(.rules, number: digest)) }
    }

    func removePeer(_ node: NodeID) {
        peers.removeValue(forKey: node)?.stop()
    }

    /// Other rules are in force from here on; nodes that get messages from here are told.
    func setRules(_ digest: UInt64) {
        guard rulesDigest != digest else { return }
        rulesDigest = digest
        for link in peers.values { _ = link.send(PeerRecord(.rules, number: digest)) }
    }

    /// This node has another number.
    func renewPeers() {
        for link in peers.values { link.renew() }
    }
}

extension NodeLoop: PeerLinkDelegate {
    func opened(_ link: PeerLink) { logger.info("linked to node \(link.peer.id) at \(link.peer.host):\(link.peer.port)") }

    func down(_ link: PeerLink, _ error: PeerProtocolError) {
        switch error {
        // It is over, though its registration is not yet.
        case .nobodyThere, .anotherNode: cluster?.heard.gone(link.peer.id)
        default: break
        }
        if let suppressed = peerLog.admit("\(link.peer.id)", second: loop.now / 1_000_000_000) {
            logger.warning(
                "no link to node \(link.peer.id) at \(link.peer.host):\(link.peer.port): \(error)",
                metadata: suppressed > 0 ? ["suppressed": "\(suppressed)"] : [:])
        }
    }

    func undelivered(_ record: PeerRecord, _ link: PeerLink) { undelivered(record, link.peer.id) }
}
