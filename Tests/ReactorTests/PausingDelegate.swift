import Dispatch
import Reactor
import TestSupport

/// Takes one byte and pauses its connection.
final class PausingDelegate: ConnectionDelegate, @unchecked Sendable {
    let taken = Locked<[UInt8]>([])
    let calls = DispatchSemaphore(value: 0)

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        taken.change { $0.append(bytes[0]) }
        connection.pauseReading([.backpressure, .suspended])
        calls.signal()
        return 1
    }

    func closed(_ connection: Connection, reason: CloseReason) {}
}
