import CPluginBridge
import CWire
import Messaging
import PluginHost
import PluginRecording
import WireProtocol

/// One message or event as the candidate runs it.
final class ShadowChain {
    let note: ChainNote
    let live: ChainNote.Result
    var result = ChainNote.Result()
    /// Answers from outside that are not taken yet.
    private var answers: [RecordedOutcome.Answer]
    /// Functions that were asked beyond them.
    private(set) var unanswered: [String] = []
    var outbox: [(session: Session, frame: [UInt8])] = []
    var wasKilled = false

    init(_ note: ChainNote, _ live: ChainNote.Result) {
        self.note = note
        self.live = live
        answers = live.outcome.answers
    }

    /// What the rules in force got from the same function; nil when there is nothing left.
    func answer(_ function: String) -> [LuaValue]? {
        guard let index = answers.firstIndex(where: { $0.function == function }) else {
            if !unanswered.contains(function) { unanswered.append(function) }
            return nil
        }
        return answers.remove(at: index).values
    }

    func delivered(_ frame: [UInt8], to session: Session) {
        result.deliveries.append(.init(session: session.handle.rawValue, uid: session.uid, frame: frame))
    }

    func closed(_ session: Session, _ reason: String) {
        result.deliveries.append(.init(session: session.handle.rawValue, uid: session.uid, frame: [], reason: reason, closes: true))
    }

    // MARK: Sessions as they were before

    /// The session that a login opens is not there yet; those that the rules in force closed still are.
    func sessions(of user: String, _ shared: NodeShared) -> [Session] {
        var found = shared.routes.sessions(of: user).filter { !isOpenedHere($0) }
        for session in live.closed.map(\.session) where session.uid == user && !found.contains(where: { $0 === session }) {
            found.append(session)
        }
        return found.sorted { ($0.since, $0.handle.rawValue) < ($1.since, $1.handle.rawValue) }
    }

    func session(_ handle: SessionHandle, _ shared: NodeShared) -> Session? {
        if handle == note.session.handle, note.handle != 0 { return note.session }
        if let session = shared.find(handle) { return isOpenedHere(session) ? nil : session }
        return live.closed.first { $0.session.handle == handle }?.session
    }

    private func isOpenedHere(_ session: Session) -> Bool { note.handle == 0 && session === note.session }

    /// Route and body of a CUSTOM_REQUEST.
    static func route(of frame: [UInt8]) -> (name: String, body: [UInt8])? {
        guard let custom = try? WireMessage(serializedBytes: Array(frame.dropFirst(Int(HP_FRAME_HEAD)))).custom else { return nil }
        return (custom.route, Array(custom.body))
    }
}

extension ShadowLoop {
    /// Scans a frame; does nothing where it is none.
    static func withEnvelope(_ frame: UnsafeRawBufferPointer, _ body: (UnsafePointer<hp_envelope>) -> Void) {
        var envelope = hp_envelope()
        let head = Int(HP_FRAME_HEAD)
        guard frame.count >= head, let base = frame.baseAddress,
            hp_scan((base + head).assumingMemoryBound(to: UInt8.self), frame.count - head, &envelope) == HP_SCAN_OK
        else { return }
        body(&envelope)
    }
}

extension UnsafeRawBufferPointer {
    var hpBytes: hp_bytes { hp_bytes(data: baseAddress?.assumingMemoryBound(to: UInt8.self), length: count) }
}
