import Messaging

/// Short ways to what receipts are about.
func address(_ ticket: UInt64, slot: Int = 1) -> ReceiptAddress {
    ReceiptAddress(session: SessionHandle(loop: 0, generation: 1, slot: slot), ticket: ticket)
}

func key(
    _ messageID: UInt64, uid: String = "alice", device: String = "phone", to: String = "bob", isGroup: Bool = false,
    secret: MessageName.Secret = .init(1, 2)
) -> MessageKey {
    Array(uid.utf8).withUnsafeBytes { uid in
        Array(device.utf8).withUnsafeBytes { device in
            Array(to.utf8).withUnsafeBytes { to in
                MessageKey(uid: uid, device: device, recipient: to, isGroup: isGroup, messageID: messageID, secret: secret)
            }
        }
    }
}

extension UnconfirmedDeliveries {
    mutating func wrote(_ serverID: UInt64, _ origin: DeliveryOrigin, waiting bytes: Int) {
        wrote(Delivery(serverID: serverID, origin: origin), waiting: bytes)
    }

    mutating func sent(_ serverID: UInt64, _ origin: DeliveryOrigin) -> Delivery? { sent(Delivery(serverID: serverID, origin: origin)) }

    mutating func moved(_ serverID: UInt64, to origin: DeliveryOrigin) -> DeliveryOrigin? {
        moved(Delivery(serverID: serverID, origin: origin))?.origin
    }
}
