/// Names a message as its sender does, whatever the session: user, device, recipient or group, and msg_id. Hashed with a seed of the process to
/// 128 bits, so that no two messages meet.
public struct MessageKey: Sendable, Hashable {
    let high: UInt64
    let low: UInt64
    /// Of user and device.
    let sender: UInt64

    public init(
        uid: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, recipient: UnsafeRawBufferPointer, isGroup: Bool, messageID: UInt64
    ) {
        var hasher = Hasher()
        hasher.combine(uid.count)
        hasher.combine(bytes: uid)
        hasher.combine(bytes: device)
        sender = UInt64(bitPattern: Int64(hasher.finalize()))
        // Both halves from all parts: the sender's 64 bits alone would be the weakest link.
        func half(_ number: Int) -> UInt64 {
            var hasher = Hasher()
            hasher.combine(number)
            hasher.combine(messageID)
            hasher.combine(isGroup)
            hasher.combine(uid.count)
            hasher.combine(device.count)
            hasher.combine(bytes: uid)
            hasher.combine(bytes: device)
            hasher.combine(bytes: recipient)
            return UInt64(bitPattern: Int64(hasher.finalize()))
        }
        high = half(1)
        low = half(2)
    }

    public static func == (left: MessageKey, right: MessageKey) -> Bool { left.high == right.high && left.low == right.low }

    public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}
