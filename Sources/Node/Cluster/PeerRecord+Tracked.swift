import Cluster
import Messaging

// Messages whose senders wait for a receipt, as records tell of them.
extension DeliveryOrigin {
    /// Another node.
    init(_ node: NodeID) { self.init(rawValue: node.rawValue &+ 256) }

    var node: NodeID { NodeID(rawValue &- 256) }
}

extension TrackedMessage {
    /// Flags of a record that brings it to another node.
    var peerFlags: UInt8 {
        PeerRecord.tracked | (isRetry ? PeerRecord.retry : 0) | (isDoubtful ? PeerRecord.doubtful : 0)
            | (isRefugee ? PeerRecord.refugee : 0) | (isAlone ? PeerRecord.alone : 0)
    }
}

extension PeerRecord {
    /// Takes the message's name off the key.
    mutating func takeName() -> MessageName? {
        guard flags & Self.named != 0, key.count >= Self.nameSize else { return nil }
        let length = key.count - Self.nameSize
        defer { key = UnsafeRawBufferPointer(rebasing: key[..<length]) }
        return MessageName(UnsafeRawBufferPointer(rebasing: key[length...]))
    }
}

extension NodeLoop {
    /// A record's key with a message's name at its end, and the flag that says so; the bare key where there is no name, or no room for it.
    func withKey<Result>(
        _ key: UnsafeRawBufferPointer, named name: MessageName?, _ body: (UnsafeRawBufferPointer, _ flag: UInt8) -> Result
    ) -> Result {
        let size = key.count + PeerRecord.nameSize
        guard let name, size <= PeerRecord.longestKey else { return body(key, 0) }
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { room in
            guard let base = room.baseAddress else { return body(key, 0) }
            room.copyMemory(from: key)
            name.write(to: base + key.count)
            return body(UnsafeRawBufferPointer(room), PeerRecord.named)
        }
    }
}
