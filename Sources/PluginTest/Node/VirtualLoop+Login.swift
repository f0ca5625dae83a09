import CPluginBridge
import CWire
import Messaging
import Node
import WireProtocol

// Logging in: the pipeline decides, the core opens the session.
extension VirtualLoop {
    func login(_ frame: UnsafeRawBufferPointer, _ envelope: hp_envelope, _ connection: VirtualConnection, _ record: ChainRecord?) {
        let request = ChainRequest(type: envelope.type, sequence: envelope.sequence)
        guard node.addresses.mayLogIn(connection.host, second: node.clock.nanoseconds / 1_000_000_000) else {
            return refuseLogin(request, ResultCode.tooManyRequests.rawValue, "too many failed logins", connection)
        }
        let session = Session(transport: connection)
        connection.session = session
        session.loginRequest = LoginFields(frame, envelope)
        runInbound(frame, envelope, session, record)
    }

    /// The chain has come to its end: whoever was accepted gets a session, nobody else.
    func finishLogin(_ request: ChainRequest, accepted uid: [UInt8]?, _ session: Session) {
        guard let connection = connection(of: session), connection.isOpen else { return }
        guard let uid else {
            return refuseLogin(request, ResultCode.loginFailed.rawValue, "nobody accepted the login", connection)
        }
        guard !node.isReplay else { return }
        openSession(session, uid: uid, request, connection)
    }

    private func openSession(_ session: Session, uid: [UInt8], _ request: ChainRequest, _ connection: VirtualConnection) {
        let login = session.loginRequest as? LoginFields
        session.loginRequest = nil
        guard
            open(
                session, uid: uid, device: login?.device ?? [], remote: connection.remote, platform: login?.platform ?? 0,
                capabilities: login?.capabilities ?? [], since: node.clock.unixMilliseconds)
        else { return refuseLogin(request, ResultCode.unavailable.rawValue, "the node is full", connection) }
        var response = WireMessage()
        response.type = .loginResponse
        response.sequence = request.sequence
        response.sessionID = session.id.description
        response.loginResponse.result = true
        response.loginResponse.info = "Success"
        response.loginResponse.capabilities = session.capabilities.rawValue
        respond(response, connection)
        sendWaiting(to: session)
        if hasSessionOpen { fire("session_open", session) }
    }

    /// Makes a session one that others can reach; false when there is no room.
    func open(
        _ session: Session, uid: [UInt8], device: [UInt8], remote: String, platform: UInt32, capabilities: Capabilities = [], since: UInt64
    ) -> Bool {
        guard let handle = slots.reserve() else { return false }
        uid.withUnsafeBytes { uid in
            device.withUnsafeBytes { device in
                session.open(
                    handle: handle, uid: uid, device: device, remote: remote, platform: platform, capabilities: capabilities, since: since)
            }
        }
        slots.insert(session)
        node.opened(session)
        return true
    }

    func refuseLogin(_ request: ChainRequest, _ code: UInt32, _ info: String, _ connection: VirtualConnection) {
        if code == ResultCode.loginFailed.rawValue || code == ResultCode.noCredential.rawValue {
            node.addresses.failed(connection.host, second: node.clock.nanoseconds / 1_000_000_000)
        }
        fail(request, code, info, connection)
        connection.close(ChatCloseReason.loginRefused.name)
    }

    /// The connection is gone.
    func closed(_ connection: VirtualConnection) {
        if let session = connection.session { closeSession(session) }
        node.forget(connection)
    }

    /// Nothing waits for it any more, then plugins are told.
    func closeSession(_ session: Session, _ record: ChainRecord? = nil) {
        if session.execution != 0 { cancelWait(of: session) }
        session.execution = 0
        session.pending = nil
        guard session.state == .open else {
            session.state = .closed
            session.transport = nil
            return
        }
        session.state = .closed
        node.ended(session)
        session.transport = nil
        if hasSessionClose { return fire("session_close", session, record) }
        slots.remove(session.handle)
    }
}
