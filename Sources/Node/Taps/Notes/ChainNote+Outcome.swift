import CPluginBridge
import PluginHost
import PluginRecording

extension ChainNote {
    /// The chain ended, or the route behind it; a wait is none.
    func ended(_ raw: hp_outcome, _ kind: hp_kind, _ state: PluginState) {
        if raw.verdict == HP_WAITING { return }
        if raw.verdict == HP_REFUSED { change { $0.isIncomplete = true } }
        change { $0.outcome.note(raw, kind, state) }
        isDone()
    }

    func failed(_ reason: String) {
        change { result in
            result.outcome.verdict = .failed
            result.outcome.failure = reason
        }
        isDone()
    }

    /// Its session ended while it waited.
    func cancelled() {
        change { $0.outcome.verdict = .cancelled }
        isDone()
    }

    /// The outcome as recordings have it. Parses frames: not on a loop where there are many.
    static func outcome(_ result: Result, of event: Event) -> RecordedOutcome {
        var outcome = result.outcome
        var input: [UInt8] = []
        if case .message(_, let frame) = event { input = frame }
        for delivery in result.deliveries {
            if delivery.closes {
                outcome.closes.append(.init(session: delivery.session, uid: delivery.uid, text: delivery.reason))
            } else {
                outcome.add(delivery.frame, to: delivery.session, uid: delivery.uid, input: input)
            }
        }
        return outcome
    }
}

extension RecordedOutcome {
    /// What a chain came to. Of an inbound chain that stopped only the verdict and the plugin are set.
    mutating func note(_ raw: hp_outcome, _ kind: hp_kind, _ state: PluginState) {
        let index = Int(raw.plugin)
        plugin = raw.verdict != HP_NEXT && index < state.pluginNames.count ? state.pluginNames[index] : ""
        switch raw.verdict {
        case HP_NEXT:
            verdict = .next
            if kind == HP_INBOUND, raw.accepted { accepted = raw.uid.string }
        case HP_STOP:
            verdict = .stop
            if kind == HP_ROUTE { result = Array(UnsafeRawBufferPointer(start: raw.result.data, count: raw.result.length)) }
        case HP_REJECT, HP_CLOSE:
            verdict = raw.verdict == HP_REJECT ? .reject : .close
            code = raw.code
            info = raw.info.string
        default:
            verdict = .failed
            failure = state.failure(raw).description
        }
    }
}

extension hp_bytes {
    var string: String { String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self) }
}
