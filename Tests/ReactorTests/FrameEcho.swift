import Dispatch
import Reactor
import TestSupport

/// Sends each frame (4 bytes of length, big-endian, then the body) back as it came.
final class FrameEcho: ConnectionDelegate, @unchecked Sendable {
    let reasons = Locked<[CloseReason]>([])
    let closes = DispatchSemaphore(value: 0)
    let drains = DispatchSemaphore(value: 0)
    let presentations = Locked(0)
    var hints = true

    static func frame(_ body: some Collection<UInt8>) -> [UInt8] {
        withUnsafeBytes(of: UInt32(body.count).bigEndian) { Array($0) } + body
    }

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        presentations.change { $0 += 1 }
        var offset = 0
        while bytes.count - offset >= 4 {
            let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            guard bytes.count - offset >= 4 + length else {
                if hints { connection.expect(4 + length) }
                break
            }
            connection.write(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 4 + length]))
            offset += 4 + length
        }
        return offset
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        reasons.change { $0.append(reason) }
        closes.signal()
    }

    func drained(_ connection: Connection) { drains.signal() }
}
