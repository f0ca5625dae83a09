import CWire
import Messaging
import WireProtocol

/// What the core keeps of a LOGIN_REQUEST until the session opens.
package final class LoginFields {
    package let uid: [UInt8]
    package let device: [UInt8]
    /// Whether the token looks like one of the gate's, which nobody guesses.
    package let bringsToken: Bool
    package let platform: UInt32
    /// Those asked for that there are.
    package let capabilities: Capabilities

    package init(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope) {
        let start = Int(HP_FRAME_HEAD) + Int(envelope.inner.offset)
        let inner = envelope.inner.offset == 0 ? nil : UnsafeRawBufferPointer(rebasing: frame[start..<start + Int(envelope.inner.length)])
        let request = inner.flatMap { try? WireLoginRequest(serializedBytes: Array($0)) } ?? WireLoginRequest()
        uid = Array(request.uid.utf8)
        bringsToken = request.token.hasPrefix("eyJ") && request.token.utf8.count { $0 == UInt8(ascii: ".") } == 2
        device = Array(request.deviceID.utf8.prefix(256))
        platform = request.platform
        capabilities = Capabilities(rawValue: request.capabilities).intersection(.known)
    }
}
