import CPluginBridge
import Messaging
import PluginHost
import PluginRecording

/// What a chain does for one message: filled while it runs, waits included, for benchmarks and replays.
final class ChainRecord {
    /// The frame it runs for.
    var input: [UInt8] = []
    private(set) var outcome = RecordedOutcome()
    private(set) var isDone = false
    /// What the world outside gave when the original was recorded.
    var answers: [RecordedOutcome.Answer]
    /// Functions that were asked beyond that.
    var unanswered: [String] = []
    /// Held while the chain runs, where nothing else does.
    var connection: VirtualConnection?
    /// The number of a session in the recording.
    private let number: (Session) -> UInt64

    init(answers: [RecordedOutcome.Answer] = [], number: @escaping (Session) -> UInt64 = { $0.handle.rawValue }) {
        self.answers = answers
        self.number = number
    }

    func delivered(_ frame: UnsafeRawBufferPointer, to session: Session) {
        outcome.add(Array(frame), to: number(session), uid: session.uid, input: input)
    }

    func closed(_ session: Session, _ reason: String) {
        outcome.closes.append(.init(session: number(session), uid: session.uid, text: reason))
    }

    /// There was no handler for it.
    func nothingRan() { isDone = true }

    func cancelled() {
        outcome.verdict = .cancelled
        isDone = true
    }

    func failed(_ reason: String) {
        outcome.verdict = .failed
        outcome.failure = reason
        isDone = true
    }

    /// Notes the end of a chain, or of the route behind it; a wait is none.
    func ended(_ raw: hp_outcome, _ state: PluginState) {
        func text(_ bytes: hp_bytes) -> String {
            String(decoding: UnsafeRawBufferPointer(start: bytes.data, count: bytes.length), as: UTF8.self)
        }
        if raw.verdict == HP_WAITING { return }
        isDone = true
        let index = Int(raw.plugin)
        let decided = raw.verdict != HP_NEXT
        outcome.plugin = decided && index < state.pluginNames.count ? state.pluginNames[index] : ""
        if raw.accepted { outcome.accepted = text(raw.uid) }
        switch raw.verdict {
        case HP_NEXT: outcome.verdict = .next
        case HP_STOP:
            outcome.verdict = .stop
            if raw.kind == HP_ROUTE { outcome.result = Array(UnsafeRawBufferPointer(start: raw.result.data, count: raw.result.length)) }
        case HP_REJECT, HP_CLOSE:
            outcome.verdict = raw.verdict == HP_REJECT ? .reject : .close
            outcome.code = raw.code
            outcome.info = text(raw.info)
        default: failed(state.failure(raw).description)
        }
    }

    /// The inbound chain has ended and a route runs.
    func goesOn() { isDone = false }
}
