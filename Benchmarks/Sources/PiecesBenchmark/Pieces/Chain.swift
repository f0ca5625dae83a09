import CPluginBridge
import CWire
import Dispatch
import Messaging
import PluginHost

/// Runs messages of sessions through a state's inbound chain, as a loop of the node does.
final class Chain {
    private let state: PluginState
    private let sessions: [Session]
    private let input = UnsafeMutablePointer<hp_input>.allocate(capacity: 1)
    let outcome = UnsafeMutablePointer<hp_outcome>.allocate(capacity: 1)
    /// The time of a loop's turn, which scripts read.
    private let clock = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    /// Messages that a turn of a busy loop brings.
    private static let turn = 16

    init(_ state: PluginState, _ sessions: [Session]) {
        self.state = state
        self.sessions = sessions
        input.initialize(to: hp_input())
        outcome.initialize(to: hp_outcome())
        clock.initialize(to: DispatchTime.now().uptimeNanoseconds)
        state.followClock(clock)
    }

    deinit {
        input.deallocate()
        outcome.deallocate()
        clock.deallocate()
    }

    func run(_ frames: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>, operations: Int, _ outbox: Outbox) throws {
        let before = outbox.delivered
        for index in 0..<operations {
            if index % Self.turn == 0 { clock.pointee = DispatchTime.now().uptimeNanoseconds }
            one(frames[index % 1000], sessions[index % 1000])
            guard outcome.pointee.verdict == HP_STOP else { break }
        }
        try MeasuringFailure.check(
            outbox.delivered - before == operations, "chain: a message did not arrive: \(state.failure(outcome.pointee))")
    }

    /// Scans a frame and runs its chain.
    @inline(__always)
    func one(_ frame: UnsafeRawBufferPointer, _ session: Session) {
        var envelope = hp_envelope()
        guard hp_scan(SampleFrames.body(frame), frame.count - Int(HP_FRAME_HEAD), &envelope) == HP_SCAN_OK else { return }
        let uid = session.uidBytes
        withUnsafePointer(to: &envelope) { scanned in
            input.pointee.kind = HP_INBOUND
            input.pointee.type = scanned.pointee.type
            input.pointee.frame = hp_bytes(data: frame.baseAddress?.assumingMemoryBound(to: UInt8.self), length: frame.count)
            input.pointee.envelope = scanned
            input.pointee.sequence = scanned.pointee.sequence
            input.pointee.session = session.handle.rawValue
            input.pointee.uid = hp_bytes(data: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count)
            input.pointee.tag = Unmanaged.passUnretained(session).toOpaque()
            state.run(input, outcome)
        }
    }
}
