import CPluginBridge
import CWire
import Messaging
import Node
import PluginHost
import WireProtocol

// Running chains, and what comes of them.
extension VirtualLoop {
    /// An input for a session's chain. The pointers are good while the session is held.
    func input(_ kind: hp_kind, _ session: Session?) -> hp_input {
        var input = hp_input()
        input.kind = kind
        guard let session else { return input }
        input.session = session.state == .loggingIn ? 0 : session.handle.rawValue
        input.uid = session.uidBytes.hpBytes
        input.tag = Unmanaged.passUnretained(session).toOpaque()
        return input
    }

    // MARK: Inbound

    func runInbound(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ session: Session, _ record: ChainRecord?) {
        guard let state = plugins else { return }
        var outcome = hp_outcome()
        self.record = record
        record?.input = Array(frame)
        withUnsafePointer(to: envelope) { scanned in
            var input = input(HP_INBOUND, session)
            input.type = scanned.pointee.type
            input.frame = frame.hpBytes
            input.envelope = scanned
            input.sequence = scanned.pointee.sequence
            state.run(&input, &outcome)
        }
        let request = ChainRequest(type: envelope.type, sequence: envelope.sequence, messageID: envelope.msg_id)
        let undelivered = hasUndeliverable && outcome.isUndeliverable(envelope.type)
        finishInbound(outcome, request, session, state, record)
        if undelivered { fireUndeliverable(frame, envelope, session) }
        self.record = nil
        afterRun(state)
    }

    /// What is to be done after each run of scripts: functions they spawned, frames for the outbound chain.
    func afterRun(_ state: PluginState) {
        var outcome = hp_outcome()
        if state.runSpawned(&outcome) {
            repeat { finishOther(outcome, HP_TIMER, nil, state) } while state.runSpawned(&outcome)
            if state.spawned > 0 { execute { [unowned self] in if state === plugins { afterRun(state) } } }
        }
        if !outbox.isEmpty { runOutbox(state) }
    }

    func finishInbound(
        _ outcome: hp_outcome, _ request: ChainRequest, _ session: Session, _ state: PluginState, _ record: ChainRecord?,
        deadline: UInt64? = nil
    ) {
        record?.ended(outcome, state)
        switch outcome.verdict {
        case HP_STOP:
            // A login is answered in any case: whoever stops it has not let anybody in.
            if request.type == HP_LOGIN_REQUEST.rawValue { finishLogin(request, accepted: nil, session) }
        case HP_NEXT:
            reachedTail(request, outcome, session, state, record)
        case HP_WAITING:
            if request.blocksSession { session.execution = outcome.execution }
            addWait(outcome.execution, HP_INBOUND, session, request, state, record, deadline: deadline)
        case HP_REJECT, HP_CLOSE:
            let info = String(decoding: UnsafeRawBufferPointer(start: outcome.info.data, count: outcome.info.length), as: UTF8.self)
            reject(request, outcome.code, info, closes: outcome.verdict == HP_CLOSE, session)
        default:
            report(state.failure(outcome))
            reject(request, ResultCode.unknownError.rawValue, "the rules failed", closes: false, session)
        }
    }

    func reject(_ request: ChainRequest, _ code: UInt32, _ info: String, closes: Bool, _ session: Session) {
        guard let connection = connection(of: session), connection.isOpen else { return }
        if request.type == HP_LOGIN_REQUEST.rawValue {
            return refuseLogin(request, ResultCode(rawValue: code)?.rawValue ?? ResultCode.rejected.rawValue, info, connection)
        }
        fail(request, code, info, connection)
        if closes, !node.isReplay { closeAfterOutput(connection, info.isEmpty ? ChatCloseReason.plugin.name : info) }
    }

    /// Nobody handled it: what the core does with each type.
    private func reachedTail(
        _ request: ChainRequest, _ outcome: hp_outcome, _ session: Session, _ state: PluginState, _ record: ChainRecord?
    ) {
        guard let connection = connection(of: session), connection.isOpen else { return }
        switch hp_head_type(request.type) {
        case HP_LOGIN_REQUEST:
            let uid = outcome.accepted ? Array(UnsafeRawBufferPointer(start: outcome.uid.data, count: outcome.uid.length)) : nil
            finishLogin(request, accepted: uid, session)
        case HP_MESSAGE_REQUEST:
            fail(request, ResultCode.unavailable.rawValue, "no rule delivers messages", connection)
        case HP_LOGOUT_REQUEST:
            var response = WireMessage()
            response.type = .logoutResponse
            response.sequence = request.sequence
            respond(response, connection)
            if !node.isReplay { closeAfterOutput(connection, ChatCloseReason.logout.name) }
        case HP_SYNC_REQUEST:
            let body = UnsafeRawBufferPointer(start: outcome.frame.data, count: outcome.frame.length).dropFirst(Frame.headerLength)
            let wanted = (try? WireMessage(serializedBytes: Array(body)).syncRequest) ?? WireSyncRequest()
            guard let page = synchronised(wanted, for: session.uid) else {
                return fail(request, ResultCode.rejected.rawValue, "not a member of the group", connection)
            }
            var response = WireMessage()
            response.type = .syncResponse
            response.sequence = request.sequence
            response.syncResponse = page
            respond(response, connection)
        case HP_CUSTOM_REQUEST:
            runRoute(request, outcome.frame, session, state, record)
        default:
            break  // what nobody serves is dropped; the connection stays
        }
    }

    // MARK: Routes

    private func runRoute(
        _ request: ChainRequest, _ frame: hp_bytes, _ session: Session, _ state: PluginState, _ record: ChainRecord?
    ) {
        guard let connection = connection(of: session) else { return }
        let body = UnsafeRawBufferPointer(start: frame.data, count: frame.length).dropFirst(Frame.headerLength)
        guard let custom = try? WireMessage(serializedBytes: Array(body)).custom else {
            return fail(request, ResultCode.unknownError.rawValue, "an undecodable request", connection)
        }
        var name = custom.route
        let known = name.withUTF8 { state.hasRoute(UnsafeRawBufferPointer($0)) }
        guard known else { return fail(request, ResultCode.unknownError.rawValue, "no such route", connection) }
        record?.goesOn()
        var outcome = hp_outcome()
        name.withUTF8 { name in
            custom.body.withUnsafeBytes { value in
                var input = input(HP_ROUTE, session)
                input.type = request.type
                input.sequence = request.sequence
                input.name = UnsafeRawBufferPointer(name).hpBytes
                input.value = value.hpBytes
                state.run(&input, &outcome)
            }
        }
        finishRoute(outcome, request, session, state, record)
    }

    func finishRoute(
        _ outcome: hp_outcome, _ request: ChainRequest, _ session: Session, _ state: PluginState, _ record: ChainRecord?,
        deadline: UInt64? = nil
    ) {
        guard outcome.verdict == HP_STOP || outcome.verdict == HP_NEXT else {
            if outcome.verdict == HP_WAITING {
                session.execution = outcome.execution
                return addWait(outcome.execution, HP_ROUTE, session, request, state, record, deadline: deadline)
            }
            return finishInbound(outcome, request, session, state, record)
        }
        let result = Array(UnsafeRawBufferPointer(start: outcome.result.data, count: outcome.result.length))
        record?.ended(outcome, state)
        guard let connection = connection(of: session), connection.isOpen else { return }
        var response = WireMessage()
        response.type = .customResponse
        response.sequence = request.sequence
        response.custom.body = .init(result)
        respond(response, connection)
    }

    func report(_ failure: PluginFailure) {
        node.log(NodeLogLine(level: .error, plugin: failure.plugin, text: "handler failed: \(failure.reason)"))
    }
}

extension hp_outcome {
    /// Whether a rule says that there is nobody (now) to deliver the message to.
    fileprivate func isUndeliverable(_ type: UInt32) -> Bool {
        type == HP_MESSAGE_REQUEST.rawValue && verdict == HP_REJECT
            && (code == ResultCode.noSuchRecipient.rawValue || code == ResultCode.unavailable.rawValue)
    }
}

extension UnsafeRawBufferPointer {
    var hpBytes: hp_bytes { hp_bytes(data: baseAddress?.assumingMemoryBound(to: UInt8.self), length: count) }
}
