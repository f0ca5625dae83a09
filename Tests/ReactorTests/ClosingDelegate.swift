import Reactor
import TestSupport

/// Answers with one byte and closes, in several ways at once.
final class ClosingDelegate: ConnectionDelegate, @unchecked Sendable {
    let reasons = Locked<[CloseReason]>([])

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        [UInt8(7)].withUnsafeBytes { connection.write($0) }
        connection.close(afterFlush: true, reason: .protocolError)
        connection.close(afterFlush: true, reason: .idle)
        return 0
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        reasons.change { $0.append(reason) }
        connection.close(afterFlush: false, reason: .idle)
        [UInt8(7)].withUnsafeBytes { connection.write($0) }
    }
}
