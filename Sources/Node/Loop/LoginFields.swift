import CWire
import Messaging
import WireProtocol

/// What the core keeps of a LOGIN_REQUEST until the session opens.
final class LoginFields {
    let uid: [UInt8]
    let device: [UInt8]
    let platform: UInt32
    let capabilities: UInt32

    init(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope) {
        let start = Int(HP_FRAME_HEAD) + Int(envelope.inner.offset)
        let inner = envelope.inner.offset == 0 ? nil : UnsafeRawBufferPointer(rebasing: frame[start..<start + Int(envelope.inner.length)])
        let request = inner.flatMap { try? WireLoginRequest(serializedBytes: Array($0)) } ?? WireLoginRequest()
        uid = Array(request.uid.utf8)
        device = Array(request.deviceID.utf8.prefix(256))
        platform = request.platform
        capabilities = request.capabilities
    }
}
