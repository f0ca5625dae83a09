import CPluginBridge
import CWire
import Messaging
import Node
import PluginHost
import WireProtocol

// Frames on their way to sessions.
extension VirtualLoop {
    /// Queues a frame for all sessions of a user, oldest first. The number of sessions it is queued for.
    func route(_ frame: UnsafeRawBufferPointer, to uid: UnsafeRawBufferPointer) -> UInt32 {
        var queued: UInt32 = 0
        for session in node.routes.sessions(of: String(decoding: uid, as: UTF8.self)) where send(frame, to: session.handle) {
            queued += 1
        }
        return queued
    }

    /// Sends a frame to a session of any loop; false when that is known to be in vain.
    func send(_ frame: UnsafeRawBufferPointer, to recipient: SessionHandle) -> Bool {
        guard let session = node.find(recipient), let connection = connection(of: session), connection.isOpen else { return false }
        let owner = connection.loop
        if owner.hasOutbound {
            owner.queueOutbound(frame, to: recipient, record)
        } else {
            record?.delivered(frame, to: session)
            connection.write(frame)
            wrote(frame, to: session)
        }
        return true
    }

    func broadcast(_ frame: UnsafeRawBufferPointer) {
        for loop in node.loops {
            var sessions: [SessionHandle] = []
            loop.slots.forEach { sessions.append($0.handle) }
            for session in sessions { _ = send(frame, to: session) }
        }
    }

    /// Ends a session of any loop; its client is told why by a LOGOUT_RESPONSE it did not ask for.
    func close(_ handle: SessionHandle, _ text: String) {
        guard let session = node.find(handle), let connection = connection(of: session), connection.isOpen else { return }
        record?.closed(session, text)
        guard !node.isReplay else { return }
        var goodbye = WireMessage()
        goodbye.type = .logoutResponse
        goodbye.messageResponse.code = ResultCode.rejected.rawValue
        goodbye.messageResponse.info = text
        connection.loop.respond(goodbye, connection)
        connection.loop.closeAfterOutput(connection, text.isEmpty ? ChatCloseReason.plugin.name : text)
    }

    // MARK: Outbound chain

    func queueOutbound(_ frame: UnsafeRawBufferPointer, to recipient: SessionHandle, _ record: ChainRecord?) {
        queue(OutgoingFrame(recipient: recipient, frame: Array(frame), record: record))
    }

    /// Closes after all that was sent to the connection, also what waits for the outbound chain.
    func closeAfterOutput(_ connection: VirtualConnection, _ reason: String) {
        guard hasOutbound, let session = connection.session, session.state == .open else { return connection.close(reason) }
        queue(OutgoingFrame(recipient: session.handle, frame: [], closes: reason))
    }

    private func queue(_ frame: OutgoingFrame) {
        outbox.append(frame)
        if !runsOutbox, outbox.count == 1 {
            execute { [unowned self] in
                if let plugins, !outbox.isEmpty { runOutbox(plugins) }
            }
        }
    }

    func runOutbox(_ state: PluginState) {
        if runsOutbox { return }
        runsOutbox = true
        defer { runsOutbox = false }
        var position = 0
        while position < outbox.count {
            let entry = outbox[position]
            position += 1
            guard let session = slots.session(entry.recipient), let connection = connection(of: session) else { continue }
            if let reason = entry.closes {
                connection.close(reason)
                continue
            }
            entry.frame.withUnsafeBytes { runOutbound($0, session, connection, state, entry.record) }
        }
        outbox.removeAll()
    }

    private func runOutbound(
        _ frame: UnsafeRawBufferPointer, _ session: Session, _ connection: VirtualConnection, _ state: PluginState, _ record: ChainRecord?
    ) {
        var envelope = hp_envelope()
        guard Self.scan(frame, &envelope) else { return }
        func write(_ frame: UnsafeRawBufferPointer) {
            record?.delivered(frame, to: session)
            connection.write(frame)
            wrote(frame, to: session)
        }
        guard state.chainLength(HP_OUTBOUND, envelope.type) > 0 else { return write(frame) }
        var outcome = hp_outcome()
        withUnsafePointer(to: &envelope) { scanned in
            var input = input(HP_OUTBOUND, session)
            input.type = scanned.pointee.type
            input.frame = frame.hpBytes
            input.envelope = scanned
            input.sequence = scanned.pointee.sequence
            state.run(&input, &outcome)
        }
        switch outcome.verdict {
        case HP_NEXT: write(UnsafeRawBufferPointer(start: outcome.frame.data, count: outcome.frame.length))
        case HP_FAILED:
            report(state.failure(outcome))
            if NodeAnswer.isOne(envelope.type) { write(frame) }
        default: wrote(frame, to: session)  // a handler kept it from this session
        }
    }
}
