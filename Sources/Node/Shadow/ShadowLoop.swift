import CPluginBridge
import Dispatch
import Messaging
import PluginHost
import PluginRecording
import Reactor

/// The candidate on one loop: a Lua state of its own, whose calls read what there is and change nothing but a world of its own.
///
/// It runs for a message when the rules in force are done with it, in the loop's next turn. What came from outside (accounts, tokens, other
/// services, ids) is what they got; sleeping takes no time; spawned functions and timers do not run.
///
/// Threads: the loop's, but for `init` and `close`.
final class ShadowLoop: PluginServices, @unchecked Sendable {
    unowned let node: NodeLoop
    private var state: PluginState?
    private let input = UnsafeMutablePointer<hp_input>.allocate(capacity: 1)
    private let outcome = UnsafeMutablePointer<hp_outcome>.allocate(capacity: 1)
    private var hasOutbound = false

    private var pending: [(note: ChainNote, shadow: Shadow)] = []
    private var second: UInt64 = 0
    private var spent: UInt64 = 0
    private var longTurns = 0

    // Of the chain that runs.
    var chain: ShadowChain?
    /// What only the candidate wrote: keys that the rules in force do not have.
    var own: [ChainNote.BeforeKey: LuaValue] = [:]

    init(_ node: NodeLoop) {
        self.node = node
        input.initialize(to: hp_input())
        outcome.initialize(to: hp_outcome())
    }

    deinit {
        input.deallocate()
        outcome.deallocate()
    }

    /// Before it is added to the loop.
    func prepare(_ state: PluginState) {
        self.state = state
        hasOutbound = (0...UInt32(HP_CUSTOM_RESPONSE.rawValue) + 1).contains { state.chainLength(HP_OUTBOUND, $0) > 0 }
    }

    /// On the loop: takes the state of the rules in force over, as a reload would.
    func begin(_ steps: [HandOver]) -> HandOverFailure? {
        guard let state, let live = node.plugins else { return nil }
        state.followClock(node.loop.clock)
        for step in steps {
            do throws(HandOverFailure) { try state.takeOver(step, from: live) } catch { return error }
        }
        state.dropSpawned()
        return nil
    }

    /// On the loop: nothing runs any more.
    /// - Returns: the state, to be closed elsewhere.
    func end() -> StateReference? {
        pending = []
        chain = nil
        defer { state = nil }
        return state.map(StateReference.init)
    }

    // MARK: Running

    /// Whether it has time left in this second and does not lag.
    func hasRoom(_ policy: ShadowPolicy) -> Bool {
        pending.count < policy.pending && (spent < policy.nanosecondsASecond || node.loop.now / 1_000_000_000 != second)
    }

    func take(_ note: ChainNote, _ shadow: Shadow) {
        guard state != nil else { return }
        guard pending.count < shadow.policy.pending else { return shadow.skipped() }
        pending.append((note, shadow))
        if pending.count == 1 { node.loop.execute { [self] in runPending() } }
    }

    private func runPending() {
        while let (note, shadow) = pending.first {
            pending.removeFirst()
            guard affords(shadow) else {
                shadow.skipped()
                continue
            }
            run(note, shadow)
        }
    }

    private func affords(_ shadow: Shadow) -> Bool {
        let now = DispatchTime.now().uptimeNanoseconds
        if now - min(node.loop.now, now) > shadow.policy.longTurn {
            longTurns += 1
            if longTurns >= shadow.policy.longTurns {
                shadow.stop("the loops lag: their turns take over \(shadow.policy.longTurn / 1_000_000) ms")
            }
            return false
        }
        longTurns = 0
        if now / 1_000_000_000 != second {
            second = now / 1_000_000_000
            spent = 0
        }
        return spent < shadow.policy.nanosecondsASecond
    }

    private func run(_ note: ChainNote, _ shadow: Shadow) {
        guard let state else { return }
        let live = note.result
        guard !live.isIncomplete, live.outcome.verdict != .cancelled, !(live.outcome.failure?.contains("waited longer") ?? false) else {
            return shadow.incomplete()
        }
        let chain = ShadowChain(note, live)
        self.chain = chain
        defer { self.chain = nil }
        let began = DispatchTime.now().uptimeNanoseconds
        switch note.event {
        case .message(let type, let frame): runMessage(type, frame, chain, state)
        case .open: runEvent("session_open", chain, state)
        case .close: runEvent("session_close", chain, state)
        }
        // No handlers, neither there nor here.
        guard live.ran || chain.result.ran else { return }
        // Effects in the background are no one message's.
        state.dropSpawned()
        let wasKilled = chain.wasKilled
        sendOutbox(chain, state)
        let took = DispatchTime.now().uptimeNanoseconds - began
        spent += took
        chain.result.nanoseconds = took
        shadow.ran(note, chain.result, unanswered: chain.unanswered, wasKilled: wasKilled)
    }

    private func runMessage(_ type: UInt32, _ frame: [UInt8], _ chain: ShadowChain, _ state: PluginState) {
        frame.withUnsafeBytes { bytes in
            ShadowLoop.withEnvelope(bytes) { envelope in
                prepareInput(HP_INBOUND, chain.note.session, chain.note.handle)
                input.pointee.type = type
                input.pointee.frame = bytes.hpBytes
                input.pointee.envelope = envelope
                input.pointee.sequence = envelope.pointee.sequence
                execute(chain, state)
            }
        }
        guard outcome.pointee.verdict == HP_NEXT, type == HP_CUSTOM_REQUEST.rawValue else { return }
        let changed = Array(UnsafeRawBufferPointer(start: outcome.pointee.frame.data, count: outcome.pointee.frame.length))
        runRoute(changed.isEmpty ? frame : changed, chain, state)
    }

    private func runRoute(_ frame: [UInt8], _ chain: ShadowChain, _ state: PluginState) {
        guard case (var name, let body)? = ShadowChain.route(of: frame) else { return }
        name.withUTF8 { name in
            guard state.hasRoute(UnsafeRawBufferPointer(name)) else { return }
            body.withUnsafeBytes { body in
                prepareInput(HP_ROUTE, chain.note.session, chain.note.handle)
                input.pointee.type = HP_CUSTOM_REQUEST.rawValue
                input.pointee.name = UnsafeRawBufferPointer(name).hpBytes
                input.pointee.value = body.hpBytes
                execute(chain, state)
            }
        }
    }

    private func runEvent(_ name: String, _ chain: ShadowChain, _ state: PluginState) {
        guard state.hasEvent(name) else { return chain.result.ran = false }
        var name = name
        name.withUTF8 { name in
            prepareInput(HP_EVENT, chain.note.session, chain.note.handle)
            input.pointee.name = UnsafeRawBufferPointer(name).hpBytes
            execute(chain, state)
        }
    }

    private func execute(_ chain: ShadowChain, _ state: PluginState) {
        state.run(input, outcome)
        if outcome.pointee.verdict == HP_WAITING { state.cancel(outcome.pointee.execution) }
        if outcome.pointee.verdict == HP_FAILED, outcome.pointee.failure.kind != HP_FAILURE_ERROR { chain.wasKilled = true }
        chain.result.outcome.note(outcome.pointee, input.pointee.kind, state)
    }

    private func prepareInput(_ kind: hp_kind, _ session: Session, _ handle: UInt64) {
        let uid = session.uidBytes
        input.pointee = hp_input()
        input.pointee.kind = kind
        input.pointee.session = handle
        if handle != 0 { input.pointee.uid = uid.hpBytes }
        input.pointee.tag = Unmanaged.passUnretained(session).toOpaque()
    }

    // MARK: What it would send

    /// - Returns: whether the session is there.
    func send(_ frame: UnsafeRawBufferPointer, to handle: SessionHandle) -> Bool {
        guard let chain, let session = chain.session(handle, node.shared) else { return false }
        chain.outbox.append((session, Array(frame)))
        return true
    }

    private func sendOutbox(_ chain: ShadowChain, _ state: PluginState) {
        for (session, frame) in chain.outbox {
            guard hasOutbound else {
                chain.delivered(frame, to: session)
                continue
            }
            frame.withUnsafeBytes { bytes in
                ShadowLoop.withEnvelope(bytes) { envelope in
                    guard state.chainLength(HP_OUTBOUND, envelope.pointee.type) > 0 else { return chain.delivered(frame, to: session) }
                    prepareInput(HP_OUTBOUND, session, session.handle.rawValue)
                    input.pointee.type = envelope.pointee.type
                    input.pointee.frame = bytes.hpBytes
                    input.pointee.envelope = envelope
                    input.pointee.sequence = envelope.pointee.sequence
                    state.run(input, outcome)
                    guard outcome.pointee.verdict == HP_NEXT else { return }
                    let changed = outcome.pointee.frame
                    chain.delivered(Array(UnsafeRawBufferPointer(start: changed.data, count: changed.length)), to: session)
                }
            }
        }
    }

    func redirect(_ message: MessageReference, to uid: UnsafeRawBufferPointer?, call: UnsafePointer<hp_call>) -> RedirectAnswer {
        let frame = message.frame
        guard let chain, frame.baseAddress != nil else { return .failed("redirect: the message has become too large") }
        let recipient = message.recipient
        if uid == nil, recipient.hasGroup { return .queued(sessions: 0, nodes: 0) }
        let user = String(decoding: uid ?? recipient.uid, as: UTF8.self)
        let queued = chain.sessions(of: user, node.shared).filter { send(frame, to: $0.handle) }.count
        return .queued(sessions: UInt32(queued), nodes: queued > 0 ? 1 : 0)
    }

    /// What it logs is of no interest beside the lines of those in force.
    func log(plugin: Int, of state: PluginState, level: PluginLogLevel, text: String) {}
}
