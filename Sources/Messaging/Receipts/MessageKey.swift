/// Names a message as its sender does, whatever the session: user, device, recipient or group, and msg_id.
public struct MessageKey: Sendable, Hashable {
    public let name: MessageName
    /// Of user and device.
    let sender: UInt64

    public init(
        uid: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, recipient: UnsafeRawBufferPointer, isGroup: Bool, messageID: UInt64,
        secret: MessageName.Secret
    ) {
        var hasher = Hasher()
        hasher.combine(uid.count)
        hasher.combine(bytes: uid)
        hasher.combine(bytes: device)
        sender = UInt64(bitPattern: Int64(hasher.finalize()))
        // With the lengths in front, so that no other parts give the same bytes.
        let head = 17
        let count = head + uid.count + device.count + recipient.count
        name = withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { room in
            room.storeBytes(of: messageID.littleEndian, as: UInt64.self)
            room.storeBytes(of: UInt32(truncatingIfNeeded: uid.count).littleEndian, toByteOffset: 8, as: UInt32.self)
            room.storeBytes(of: UInt32(truncatingIfNeeded: device.count).littleEndian, toByteOffset: 12, as: UInt32.self)
            room[16] = isGroup ? 1 : 0
            var place = head
            for part in [uid, device, recipient] {
                UnsafeMutableRawBufferPointer(rebasing: room[place..<place + part.count]).copyMemory(from: part)
                place += part.count
            }
            return MessageName(hashing: UnsafeRawBufferPointer(rebasing: room[0..<count]), secret)
        }
    }

    public static func == (left: MessageKey, right: MessageKey) -> Bool { left.name == right.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
