import CPluginBridge
import CWire
import Dispatch
import Logging
import Messaging
import PluginHost
import Reactor
import WireProtocol

// Running chains, and what comes of them.
extension NodeLoop {
    enum Event: CaseIterable {
        case sessionOpen, sessionClose, nodeUp, nodeDown, undeliverable

        var name: StaticString {
            switch self {
            case .sessionOpen: "session_open"
            case .sessionClose: "session_close"
            case .nodeUp: "node_up"
            case .nodeDown: "node_down"
            case .undeliverable: "undeliverable"
            }
        }

        var bytes: hp_bytes { hp_bytes(data: name.utf8Start, length: name.utf8CodeUnitCount) }
    }

    /// Puts a state in force on this loop.
    func install(_ state: PluginState) {
        plugins = state
        running = Unmanaged.passUnretained(state)
        state.followClock(loop.clock)
        hasOutbound = (0...UInt32(HP_CUSTOM_RESPONSE.rawValue) + 1).contains { state.chainLength(HP_OUTBOUND, $0) > 0 }
        hasAcknowledgementHandlers = state.chainLength(HP_INBOUND, HP_MESSAGE_ACK.rawValue) > 0
        hasSessionOpen = state.hasEvent("session_open")
        hasSessionClose = state.hasEvent("session_close")
        hasUndeliverable = state.hasEvent("undeliverable")
    }

    // MARK: Inbound

    @inline(__always)
    func runInbound(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ session: Session) {
        // Held by `plugins`, which changes between two messages only.
        running?._withUnsafeGuaranteedRef { runInbound(frame, envelope, session, $0) }
    }

    @inline(__always)
    private func runInbound(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ session: Session, _ state: PluginState) {
        let uid = session.uidBytes
        withUnsafePointer(to: envelope) { scanned in
            let input = self.input
            input.pointee.kind = HP_INBOUND
            input.pointee.type = scanned.pointee.type
            input.pointee.frame = hp_bytes(data: frame.baseAddress?.assumingMemoryBound(to: UInt8.self), length: frame.count)
            input.pointee.envelope = scanned
            input.pointee.sequence = scanned.pointee.sequence
            input.pointee.session = session.state == .open ? session.handle.rawValue : 0
            input.pointee.uid = hp_bytes(data: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count)
            input.pointee.tag = Unmanaged.passUnretained(session).toOpaque()
            input.pointee.value = hp_bytes()
            if isObserved { beginObserved(frame, scanned.pointee, session, state) }
            state.run(input, outcome)
            input.pointee.observed = false
        }
        // A login that was stopped is answered too.
        if outcome.pointee.verdict != HP_STOP || isAttentive || envelope.type == HP_LOGIN_REQUEST.rawValue {
            let message = tracking
            tracking = nil
            let request = WaitingRun.Request(
                type: envelope.type, sequence: envelope.sequence, messageID: envelope.msg_id, message: message)
            let undelivered = hasUndeliverable && outcome.pointee.isUndeliverable(envelope.type)
            finishInbound(request, session, state)
            if undelivered { fireUndeliverable(frame, envelope, session) }
            endNote()
        }
        afterRun(state)
    }

    /// What is to be done after each run of scripts: functions they spawned, frames for the outbound chain.
    @inline(__always)
    func afterRun(_ state: PluginState) {
        if state.runSpawned(outcome) { runSpawned(state) }
        // Whoever queued them, a frame leaves through the chain in force.
        if !outbox.isEmpty, let plugins { runOutbox(plugins) }
    }

    /// One round of spawned functions; those that they spawn get the next tick, so that the loop's other work goes on.
    private func runSpawned(_ state: PluginState) {
        repeat { finishOther(HP_TIMER, nil, state) } while state.runSpawned(outcome)
        if state.spawned == 0 { return }
        let reference = StateReference(state)
        loop.execute { [unowned self] in spawnedAgain(reference.state) }
    }

    private func finishInbound(_ request: WaitingRun.Request, _ session: Session, _ state: PluginState, deadline: UInt64? = nil) {
        let result = outcome.pointee
        if isObserved { observeEnd(request, result, HP_INBOUND, session, state) }
        switch result.verdict {
        case HP_STOP:
            if let message = request.message { end(message, .handled) }
            // A login is answered in any case: whoever stops it has not let anybody in.
            if request.type == HP_LOGIN_REQUEST.rawValue { finishLogin(request, accepted: nil, session) }
        case HP_NEXT:
            reachedTail(request, result, session, state)
        case HP_WAITING:
            let key = addWait(result.execution, HP_INBOUND, session, request, state, deadline: deadline)
            if request.blocksSession { session.execution = key }
        case HP_REJECT, HP_CLOSE, HP_REFUSED:
            let info = String(decoding: UnsafeRawBufferPointer(start: result.info.data, count: result.info.length), as: UTF8.self)
            reject(request, result.code, info, closes: result.verdict == HP_CLOSE, session)
        default:
            report(state.failure(result), of: state, result.kind, session)
            reject(request, ResultCode.unknownError.rawValue, "the rules failed", closes: false, session)
        }
    }

    private func reject(_ request: WaitingRun.Request, _ code: UInt32, _ info: String, closes: Bool, _ session: Session) {
        // Also when its sender is gone: whoever sends it again asks what became of it.
        if let message = request.message { end(message, .failed(Receipt(code: code, info: info))) }
        guard let connection = connection(of: session), connection.isOpen else { return }
        if request.type == HP_LOGIN_REQUEST.rawValue {
            return refuseLogin(request, ResultCode(rawValue: code) ?? .rejected, info, connection)
        }
        if request.message == nil { fail(request, code, info, connection) }
        guard closes else { return }
        giveUpAnswers(session, connection)
        closeAfterOutput(connection, .plugin)
    }

    /// Nobody handled it: what the core does with each type.
    private func reachedTail(_ request: WaitingRun.Request, _ result: hp_outcome, _ session: Session, _ state: PluginState) {
        if let message = request.message { return end(message, .failed(Receipt(.unavailable, "no rule delivers messages"))) }
        guard let connection = connection(of: session), connection.isOpen else { return }
        switch hp_head_type(request.type) {
        case HP_LOGIN_REQUEST:
            let uid = result.accepted ? Array(UnsafeRawBufferPointer(start: result.uid.data, count: result.uid.length)) : nil
            finishLogin(request, accepted: uid, session)
        case HP_MESSAGE_REQUEST:
            fail(request, .unavailable, "no rule delivers messages", connection)
        case HP_LOGOUT_REQUEST:
            var response = WireMessage()
            response.type = .logoutResponse
            response.sequence = request.sequence
            giveUpAnswers(session, connection)
            respond(response, connection)
            closeAfterOutput(connection, .logout)
        case HP_MESSAGE_ACK:
            acknowledge(result.frame, session)
        case HP_SYNC_REQUEST:
            synchronise(request, result.frame, session, connection)
        case HP_CUSTOM_REQUEST:
            runRoute(request, result.frame, session, state)
        default:
            break  // what nobody serves is dropped; the connection stays
        }
    }

    // MARK: Routes

    private func runRoute(_ request: WaitingRun.Request, _ frame: hp_bytes, _ session: Session, _ state: PluginState) {
        guard let connection = connection(of: session) else { return }
        let body = UnsafeRawBufferPointer(start: frame.data, count: frame.length).dropFirst(Int(HP_FRAME_HEAD))
        guard let custom = try? WireMessage(serializedBytes: Array(body)).custom else {
            return fail(request, .unknownError, "an undecodable request", connection)
        }
        var name = custom.route
        let known = name.withUTF8 { state.hasRoute(UnsafeRawBufferPointer($0)) }
        guard known else { return fail(request, .unknownError, "no such route", connection) }
        noting?.goesOn()
        noting?.runsSince = DispatchTime.now().uptimeNanoseconds
        let uid = session.uidBytes
        name.withUTF8 { name in
            custom.body.withUnsafeBytes { value in
                input.pointee = hp_input()
                input.pointee.kind = HP_ROUTE
                input.pointee.type = request.type
                input.pointee.sequence = request.sequence
                input.pointee.session = session.handle.rawValue
                input.pointee.uid = hp_bytes(data: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count)
                input.pointee.tag = Unmanaged.passUnretained(session).toOpaque()
                input.pointee.name = hp_bytes(data: name.baseAddress, length: name.count)
                input.pointee.value = hp_bytes(data: value.baseAddress?.assumingMemoryBound(to: UInt8.self), length: value.count)
                input.pointee.observed = isObserved && observes(session)
                state.run(input, outcome)
                input.pointee.observed = false
            }
        }
        finishRoute(request, session, state)
    }

    private func finishRoute(_ request: WaitingRun.Request, _ session: Session, _ state: PluginState, deadline: UInt64? = nil) {
        let result = outcome.pointee
        guard result.verdict == HP_STOP || result.verdict == HP_NEXT else {
            if result.verdict == HP_WAITING {
                if isObserved { noteRun() }
                session.execution = addWait(result.execution, HP_ROUTE, session, request, state, deadline: deadline)
                return
            }
            return finishInbound(request, session, state)
        }
        if isObserved { observeEnd(request, result, HP_ROUTE, session, state) }
        guard let connection = connection(of: session), connection.isOpen else { return }
        var response = WireMessage()
        response.type = .customResponse
        response.sequence = request.sequence
        response.custom.body = .init(UnsafeRawBufferPointer(start: result.result.data, count: result.result.length))
        respond(response, connection)
    }

    // MARK: Events and timers

    func fire(_ event: Event, _ session: Session) {
        guard let state = plugins else { return }
        let uid = session.uidBytes
        input.pointee = hp_input()
        input.pointee.kind = HP_EVENT
        input.pointee.name = event.bytes
        input.pointee.session = session.handle.rawValue
        input.pointee.uid = hp_bytes(data: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count)
        input.pointee.tag = Unmanaged.passUnretained(session).toOpaque()
        input.pointee.observed = isObserved && observes(session)
        state.run(input, outcome)
        input.pointee.observed = false
        finishOther(HP_EVENT, session, state)
        endNote()
        afterRun(state)
    }

    /// A message found nobody who could take it.
    func fireUndeliverable(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ sender: Session) {
        guard let state = plugins else { return }
        let uid = sender.uidBytes
        withUnsafePointer(to: envelope) { scanned in
            input.pointee = hp_input()
            input.pointee.kind = HP_EVENT
            input.pointee.name = Event.undeliverable.bytes
            input.pointee.type = scanned.pointee.type
            input.pointee.frame = hp_bytes(data: frame.baseAddress?.assumingMemoryBound(to: UInt8.self), length: frame.count)
            input.pointee.envelope = scanned
            input.pointee.sequence = scanned.pointee.sequence
            input.pointee.session = sender.handle.rawValue
            input.pointee.uid = hp_bytes(data: uid.baseAddress?.assumingMemoryBound(to: UInt8.self), length: uid.count)
            input.pointee.tag = Unmanaged.passUnretained(sender).toOpaque()
            input.pointee.observed = isObserved && observes(sender)
            state.run(input, outcome)
            input.pointee.observed = false
        }
        // What it sent is the message's doing; how it ended is not.
        let note = noting
        noting = nil
        finishOther(HP_EVENT, sender, state)
        afterRun(state)
        noting = note
    }

    func runTimer(_ timer: PluginTimer, _ state: PluginState) {
        input.pointee = hp_input()
        input.pointee.kind = HP_TIMER
        input.pointee.plugin = UInt32(timer.plugin)
        input.pointee.index = UInt32(timer.index)
        state.run(input, outcome)
        finishOther(HP_TIMER, nil, state)
        afterRun(state)
    }

    /// An event, a timer or a spawned function: nobody waits for an answer.
    func finishOther(_ kind: hp_kind, _ session: Session?, _ state: PluginState) {
        let result = outcome.pointee
        if isObserved {
            noteRun()
            noting?.ended(result, kind, state)
        }
        switch result.verdict {
        case HP_WAITING:
            // Nobody waits for these: what counts is each wait, so that work in the background may go on as long as it likes.
            addWait(result.execution, kind, session, WaitingRun.Request(), state, deadline: nil)
            return
        case HP_FAILED:
            report(state.failure(result), of: state, kind, session)
        default:
            break
        }
        if let session { eventEnded(session) }
    }

    /// A session that has closed keeps its slot until its handlers are done.
    private func eventEnded(_ session: Session) {
        if session.state == .closed, !waits.values.contains(where: { $0.session === session }) { slots.remove(session.handle) }
    }

    // MARK: Waiting

    /// Names a waiting execution among all of the loop's. Executions of two states may have equal ids; an id has 52 bits, and no state
    /// lives as long as 4096 generations.
    func waitKey(_ execution: UInt64, _ state: PluginState) -> UInt64 { execution | state.generation << 52 }

    /// - Parameter deadline: when all its waits together are over, in the loop's nanoseconds; nil: `wait_ms` from now.
    /// - Returns: its key.
    @discardableResult
    private func addWait(
        _ execution: UInt64, _ kind: hp_kind, _ session: Session?, _ request: WaitingRun.Request, _ state: PluginState, deadline: UInt64?
    ) -> UInt64 {
        var deadline = deadline ?? loop.now + UInt64(state.limits.waitMilliseconds) * 1_000_000
        if state !== plugins { deadline = min(deadline, self.deadline(of: state)) }
        let key = waitKey(execution, state)
        let left = Int(deadline > loop.now ? (deadline - loop.now) / 1_000_000 : 0)
        let timer = loop.scheduleTimer(afterMilliseconds: left, WaitDeadline(self, key))
        let isBackground = kind == HP_TIMER && state === plugins
        if isBackground { background.insert(key) }
        waits[key] = WaitingRun(
            kind: kind, state: state, execution: execution, session: session, request: request, timer: timer, deadline: deadline,
            isBackground: isBackground, note: noting, trace: spanning)
        return key
    }

    /// Takes a waiting execution out, which goes on or ends now.
    private func removeWait(_ key: UInt64) -> WaitingRun? {
        guard let wait = waits.removeValue(forKey: key) else { return nil }
        loop.cancelTimer(wait.timer)
        if !storeWaits.isEmpty { storeWaits.remove(key) }
        if wait.isBackground { background.remove(key) }
        return wait
    }

    /// An answer came for a waiting execution. Late ones, for executions that ended meanwhile, do nothing.
    func resume(_ execution: UInt64, of state: PluginState, with result: Result<[LuaValue], HostCallError>) {
        let key = waitKey(execution, state)
        guard let known = waits[key], known.state === state, let wait = removeWait(key) else { return }
        // A timer or a spawned function whose generation is over.
        if wait.isBackground, state !== plugins { return endWait(wait) }
        if isObserved { goOnNoting(wait, result) }
        tracking = wait.request.message
        switch result {
        case .success(let values): state.resume(execution, with: values, outcome)
        case .failure(let error): state.resume(execution, failing: error.description, outcome)
        }
        tracking = nil
        finish(wait)
        endNote()
        afterRun(state)
        if state !== plugins { releaseDrained() }
    }

    /// Ends an execution that was taken out; nothing of the script runs any more.
    private func endWait(_ wait: WaitingRun) {
        wait.state.cancel(wait.execution)
        if wait.state !== plugins { releaseDrained() }
    }

    private func finish(_ wait: WaitingRun) {
        guard let session = wait.session, wait.kind == HP_INBOUND || wait.kind == HP_ROUTE else {
            return finishOther(wait.kind, wait.session, wait.state)
        }
        if wait.request.blocksSession { session.execution = 0 }
        if wait.kind == HP_ROUTE {
            finishRoute(wait.request, session, wait.state, deadline: wait.deadline)
        } else {
            finishInbound(wait.request, session, wait.state, deadline: wait.deadline)
        }
        endNote()
        if session.execution == 0, wait.request.blocksSession, session.state != .closed { servePending(session) }
    }

    /// The connection of a waiting execution's session closed, or its generation is over.
    func cancelWait(_ key: UInt64) {
        guard let wait = removeWait(key) else { return }
        endWait(wait)
        wait.trace?.root.end(failing: "the session ended")
        wait.note?.cancelled()
        wait.note?.settle()
        if let message = wait.request.message { end(message, .failed(Receipt(.unavailable, "the sender left while the rules waited"))) }
    }

    /// It waited longer than `plugins.limits.wait_ms`.
    func waitedTooLong(_ key: UInt64) {
        let isForStore = storeWaits.contains(key)
        guard let wait = removeWait(key) else { return }
        if isObserved { goOnNoting(wait, .failure(HostCallError("waited longer than its budget (plugins.limits.wait_ms)"))) }
        tracking = wait.request.message
        wait.state.overdue(wait.execution, outcome)
        tracking = nil
        if outcome.pointee.verdict != HP_FAILED || outcome.pointee.failure.kind != HP_FAILURE_WAIT { return wentOnWithout(wait) }
        noting = nil
        spanning = nil
        if !isForStore { report(wait.state.failure(outcome.pointee), of: wait.state, wait.kind, wait.session) }
        if wait.state !== plugins { releaseDrained() }
        wait.trace?.root.end(failing: "waited longer than its budget (plugins.limits.wait_ms)")
        wait.note?.failed("waited longer than its budget (plugins.limits.wait_ms)")
        wait.note?.settle()
        guard let session = wait.session, wait.kind == HP_INBOUND || wait.kind == HP_ROUTE else {
            if let session = wait.session { eventEnded(session) }
            return
        }
        if wait.request.blocksSession { session.execution = 0 }
        let (code, info) = isForStore ? (ResultCode.unavailable, "the store does not answer") : (.unknownError, "the rules took too long")
        reject(wait.request, code.rawValue, info, closes: false, session)
        if wait.request.blocksSession { servePending(session) }
    }

    /// The errors of the handler that waited too long are skipped, and the next ones have run. Where one of them waits, it has as long.
    private func wentOnWithout(_ wait: WaitingRun) {
        var wait = wait
        wait.deadline = loop.now &+ UInt64(wait.state.limits.waitMilliseconds) &* 1_000_000
        finish(wait)
        endNote()
        afterRun(wait.state)
        if wait.state !== plugins { releaseDrained() }
    }

    /// - Parameters:
    ///   - state: the one it happened in.
    ///   - session: whose handler it was; nil for timers and spawned functions.
    func report(_ failure: PluginFailure, of state: PluginState, _ kind: hp_kind, _ session: Session?) {
        if let session { noteFailure(failure, of: state, kind, session) }
        statistics.pluginFailures[failure.kind.rawValue, default: 0] += 1
        log(failure, of: state, session, "handler failed")
    }

    /// Some lines a second, in the log and for the dashboard.
    func log(_ failure: PluginFailure, of state: PluginState, _ session: Session?, _ message: String) {
        guard let suppressed = failureLog.admit(failure.plugin, second: loop.now / 1_000_000_000) else { return }
        var metadata: Logger.Metadata = [
            "plugin": "\(failure.plugin)", "kind": "\(failure.kind.rawValue)", "generation": "\(state.generation)",
        ]
        if let handler = failure.handler { metadata["handler"] = "\(handler)" }
        if let session { metadata.merge(.of(session)) { old, _ in old } }
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.error("\(message): \(failure.reason)", metadata: metadata)
        shared.pluginErrors.add(failure, generation: state.generation, count: suppressed + 1)
    }
}

/// `plugins.limits.wait_ms` of one execution.
final class WaitDeadline: TimerTarget {
    private unowned let owner: NodeLoop
    private let key: UInt64

    init(_ owner: NodeLoop, _ key: UInt64) {
        self.owner = owner
        self.key = key
    }

    func timerFired(tag: UInt32, loop: EventLoop) { owner.waitedTooLong(key) }
}

extension hp_outcome {
    /// Whether a rule says that there is nobody (now) to deliver the message to.
    fileprivate func isUndeliverable(_ type: UInt32) -> Bool {
        type == HP_MESSAGE_REQUEST.rawValue && verdict == HP_REJECT
            && (code == ResultCode.noSuchRecipient.rawValue || code == ResultCode.unavailable.rawValue)
    }
}
