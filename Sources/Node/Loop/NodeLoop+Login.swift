import CPluginBridge
import CWire
import Dispatch
import Foundation
import Messaging
import Reactor
import Synchronization
import WireProtocol

// Logging in: the pipeline decides, the core opens the session.
extension NodeLoop {
    func login(_ frame: UnsafeRawBufferPointer, _ envelope: inout hp_envelope, _ connection: Connection) {
        let request = WaitingRun.Request(type: envelope.type, sequence: envelope.sequence)
        if shared.draining.load(ordering: .relaxed) {
            return refuseLogin(request, .unavailable, "the node is shutting down", connection)
        }
        let fields = LoginFields(frame, envelope)
        if let refusal = limit(fields, connection) { return refuseLogin(request, refusal.code, refusal.info, connection) }
        let session = Session(transport: connection)
        session.isWebSocket = connection.isMarked
        connection.context = session
        session.loginRequest = fields
        if scriptless {
            return openSession(session, uid: fields.uid, request, connection)
        }
        runInbound(frame, envelope, session)
    }

    /// The chain has come to its end: whoever was accepted gets a session, nobody else.
    func finishLogin(_ request: WaitingRun.Request, accepted uid: [UInt8]?, _ session: Session) {
        guard let connection = connection(of: session), connection.isOpen else { return }
        guard let uid else { return refuseLogin(request, .loginFailed, "nobody accepted the login", connection) }
        // Databases, logs and C take a text to end there: it would be two users to some and one to others.
        guard !uid.contains(0) else { return refuseLogin(request, .loginFailed, "a user's name has no zero byte", connection) }
        openSession(session, uid: uid, request, connection)
    }

    private func openSession(_ session: Session, uid: [UInt8], _ request: WaitingRun.Request, _ connection: Connection) {
        // A handler that waited may end after the drain began.
        if shared.draining.load(ordering: .relaxed) { return refuseLogin(request, .unavailable, "the node is shutting down", connection) }
        guard let handle = slots.reserve() else { return refuseLogin(request, .unavailable, "the node is full", connection) }
        let login = session.loginRequest as? LoginFields
        session.loginRequest = nil
        if let login { loginSucceeded(login, connection) }
        let remote = connection.remoteText ?? ""
        uid.withUnsafeBytes { uid in
            (login?.device ?? []).withUnsafeBytes { device in
                session.open(
                    handle: handle, uid: uid, device: device, remote: remote, platform: login?.platform ?? 0,
                    capabilities: login?.capabilities ?? [], since: UInt64(Date().timeIntervalSince1970 * 1000))
            }
        }
        if session.wantsReceipts { session.receipts = SessionReceipts() }
        if shared.messages.isUsed { session.feed = InboxFeed() }
        slots.insert(session)
        shared.routes.add(session)
        cluster?.opened(session)
        shared.messages.saw(session)
        shared.sessions.wrappingAdd(1, ordering: .relaxed)
        statistics.loginsAccepted &+= 1
        var response = WireMessage()
        response.type = .loginResponse
        response.sequence = request.sequence
        response.sessionID = session.id.description
        response.loginResponse.result = true
        response.loginResponse.info = "Success"
        response.loginResponse.capabilities = session.capabilities.rawValue
        respond(response, connection)
        logOpened(session)
        if let feed = session.feed {
            feedOn(session, feed)
            readStoreOnceKnown(session)
        }
        guard isObserved else {
            if hasSessionOpen { fire(.sessionOpen, session) }
            return
        }
        let chain = noting, trace = spanning
        noting = nil
        if let state = plugins { beginNote(.open, session, state) }
        if hasSessionOpen { fire(.sessionOpen, session) } else { noteWithoutHandlers() }
        endNote()
        noting = chain
        spanning = trace
    }

    func refuseLogin(_ request: WaitingRun.Request, _ code: ResultCode, _ info: String, _ connection: Connection) {
        if code == .loginFailed || code == .noCredential, let remote = connection.remoteAddress {
            shared.addresses.failed(remote.host, second: loop.now / 1_000_000_000)
        }
        if code != .loginFailed, let login = session(of: connection)?.loginRequest as? LoginFields { loginWithdrawn(login) }
        logRefused(connection, code, info)
        fail(request, code, info, connection)
        connection.endAfterOutput(ChatCloseReason.loginRefused.reason)
    }

    /// The connection is gone. Nothing waits for it any more, then plugins are told.
    func closeSession(_ session: Session) {
        if session.execution != 0 { cancelWait(session.execution) }
        session.execution = 0
        session.pending = nil
        if !throttles.isEmpty { throttles.forget(session.handle.rawValue, plugins: plugins?.pluginNames.count ?? 0) }
        if let congestion = session.congestion {
            session.congestion = nil
            resume(congestion.takePaused())
        }
        refuseUnconfirmed(session)
        if let feed = session.feed { tellStoreNow(session, feed) }
        guard session.state == .open else {
            session.state = .closed
            session.transport = nil
            return
        }
        session.state = .closed
        tellWhatItTook(session)
        shared.routes.remove(session)
        cluster?.closed(session)
        shared.messages.saw(session)
        shared.sessions.wrappingSubtract(1, ordering: .relaxed)
        paused[session.handle] = nil
        session.transport = nil
        // Its handle still names it while handlers of session_close run.
        if isObserved, let state = plugins { beginNote(.close, session, state) }
        if hasSessionClose {
            fire(.sessionClose, session)
        } else {
            slots.remove(session.handle)
            noteWithoutHandlers()
        }
        endNote()
    }
}

extension Connection {
    /// HOST:PORT of the peer.
    var remoteText: String? { remoteAddress.map { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" } }
}
