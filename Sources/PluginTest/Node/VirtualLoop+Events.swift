import CPluginBridge
import CWire
import Messaging
import PluginHost
import WireProtocol

// Events, timers and spawned functions: nobody waits for an answer.
extension VirtualLoop {
    func fire(_ event: String, _ session: Session?, _ record: ChainRecord? = nil) {
        guard let state = plugins else { return }
        var event = event
        var outcome = hp_outcome()
        self.record = record
        event.withUTF8 { name in
            var input = input(HP_EVENT, session)
            input.name = UnsafeRawBufferPointer(name).hpBytes
            state.run(&input, &outcome)
        }
        finishOther(outcome, HP_EVENT, session, state, record)
        self.record = nil
        afterRun(state)
    }

    /// A message found nobody who could take it.
    func fireUndeliverable(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ sender: Session) {
        guard let state = plugins else { return }
        var event = "undeliverable"
        var outcome = hp_outcome()
        event.withUTF8 { name in
            withUnsafePointer(to: envelope) { scanned in
                var input = input(HP_EVENT, sender)
                input.name = UnsafeRawBufferPointer(name).hpBytes
                input.type = scanned.pointee.type
                input.frame = frame.hpBytes
                input.envelope = scanned
                input.sequence = scanned.pointee.sequence
                state.run(&input, &outcome)
            }
        }
        finishOther(outcome, HP_EVENT, sender, state)
        afterRun(state)
    }

    func runTimer(_ timer: VirtualTimer, _ state: PluginState) {
        var input = hp_input()
        input.kind = HP_TIMER
        input.plugin = UInt32(timer.plugin)
        input.index = UInt32(timer.index)
        var outcome = hp_outcome()
        state.run(&input, &outcome)
        finishOther(outcome, HP_TIMER, nil, state)
        afterRun(state)
    }

    func finishOther(_ outcome: hp_outcome, _ kind: hp_kind, _ session: Session?, _ state: PluginState, _ record: ChainRecord? = nil) {
        record?.ended(outcome, state)
        switch outcome.verdict {
        case HP_WAITING:
            return addWait(outcome.execution, kind, session, ChainRequest(), state, record, deadline: nil)
        case HP_FAILED:
            report(state.failure(outcome))
        default:
            break
        }
        if let session { eventEnded(session) }
    }

    /// A session that has closed keeps its slot until its handlers are done.
    func eventEnded(_ session: Session) {
        if session.state == .closed, !waits.values.contains(where: { $0.session === session }) { slots.remove(session.handle) }
    }
}
