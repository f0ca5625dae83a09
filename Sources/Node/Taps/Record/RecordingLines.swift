import CWire
import PluginHost
import PluginRecording

/// Turns what a recorder got into the lines of a recording. Not on a loop.
struct RecordingLines: Sendable {
    let header: RecordingHeader
    /// That of chains before the recording began.
    let firstNumber: UInt64
    private let redaction: Redaction

    init(_ header: RecordingHeader, firstNumber: UInt64) {
        self.header = header
        self.firstNumber = firstNumber
        redaction = Redaction(hidesContents: header.redacted)
    }

    var first: [UInt8] { RecordingWriter.line(header) }

    func line(_ item: Recorder.Item) -> [UInt8] {
        switch item {
        case .session(let loop, let handle, let uid, let device, let session):
            RecordingWriter.line(
                RecordingEntry(number: 0, at: 0, loop: loop, session: handle, uid: uid, device: device, event: .open(session, before: true))
            )
        case .chain(let note): RecordingWriter.line(entry(note))
        }
    }

    private func entry(_ note: ChainNote) -> RecordingEntry {
        let result = note.result
        let event: RecordingEntry.Event
        var device = ""
        switch note.event {
        case .message(let type, let frame):
            event = .message(type: FrameFields.typeName(type), body: redaction.body(Array(frame.dropFirst(Int(HP_FRAME_HEAD)))))
        case .open:
            let session = note.session
            device = session.device
            event = .open(
                RecordedSession(
                    id: session.id.description, platform: session.platform, remote: session.remote,
                    since: Double(session.since) / 1000), before: false)
        case .close: event = .close
        }
        let isWhole = result.ran && !result.isIncomplete
        return RecordingEntry(
            number: note.number > firstNumber ? note.number - firstNumber : 1, at: max(0, note.began - header.started), loop: note.loop,
            session: note.handle, uid: note.uid, device: device, event: event,
            outcome: isWhole ? redaction.outcome(ChainNote.outcome(result, of: note.event)) : nil)
    }
}
