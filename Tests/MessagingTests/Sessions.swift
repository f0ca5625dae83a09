import Messaging

/// An open session without a connection.
func makeSession(_ uid: String, slot: Int, loop: Int = 0, generation: UInt32 = 1, device: String = "phone") -> Session {
    let session = Session(transport: nil)
    var uid = uid
    var device = device
    uid.withUTF8 { uid in
        device.withUTF8 { device in
            session.open(
                handle: SessionHandle(loop: loop, generation: generation, slot: slot), uid: UnsafeRawBufferPointer(uid),
                device: UnsafeRawBufferPointer(device), remote: "127.0.0.1:5000", platform: 2, capabilities: [], since: UInt64(slot))
        }
    }
    return session
}
