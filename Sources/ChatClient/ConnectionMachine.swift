import WireProtocol

/// What one connection goes through, without sockets or clocks: messages and heartbeat ticks in, actions out.
struct ConnectionMachine {
    enum Action: Equatable {
        case none
        case send(WireMessage)
        case emit(ChatEvent)
        /// Hand the message to whoever sent the request with this sequence.
        case answer(sequence: UInt64, WireMessage)
        /// The same for an accepted login; emit that the session is online.
        case loggedIn(ChatSession, sequence: UInt64, WireMessage)
        case close(DisconnectReason)
    }

    private enum State: Equatable {
        case connected
        case loggingIn
        case loggedIn
        case loggingOut
        case closed
    }

    private var state = State.connected
    private var user = ""
    private var ticksInSilence = 0
    private var heartbeat: UInt32 = 0
    private(set) var reason: DisconnectReason?

    /// A request of this client goes out.
    mutating func sent(_ message: WireMessage) {
        switch message.type {
        case .loginRequest where state == .connected:
            state = .loggingIn
            user = message.loginRequest.uid
        case .logoutRequest where state != .closed:
            state = .loggingOut
        default: break
        }
    }

    /// - Parameter isAwaited: whether a request with the message's sequence waits for its answer.
    mutating func received(_ message: WireMessage, isAwaited: Bool) -> Action {
        ticksInSilence = 0
        guard state != .closed else { return .none }
        switch message.type {
        case .loginResponse: return loginAnswered(message)
        case .messageRequest: return .emit(.message(ChatMessage(message.messageRequest)))
        case .messageNotification: return .emit(.notification(ChatNotification(message.notification)))
        case .messageResponse:
            if isAwaited { return .answer(sequence: message.sequence, message) }
            let answer = ChatAnswer(message)
            return .emit(message.messageResponse.result ? .receipt(answer) : .failure(answer))
        case .syncResponse:
            return isAwaited ? .answer(sequence: message.sequence, message) : .none
        case .logoutResponse:
            return close(state == .loggingOut ? .loggedOut : .endedByNode(info: message.messageResponse.info))
        default:
            // Heartbeats echoed, and whatever a later node may send.
            return .none
        }
    }

    /// One heartbeat interval passed in which the connection was read from.
    mutating func heartbeatDue() -> Action {
        guard state != .closed else { return .none }
        ticksInSilence += 1
        if ticksInSilence > 2 { return close(.silent) }
        heartbeat &+= 1
        var message = WireMessage()
        message.type = .heartBeat
        message.heartBeat.seq = heartbeat
        message.heartBeat.uid = user
        return .send(message)
    }

    /// The peer broke the protocol, or the socket failed.
    mutating func failed(_ reason: DisconnectReason) -> Action {
        state == .closed ? .none : close(reason)
    }

    /// The socket is closed. Returns why.
    mutating func closed() -> DisconnectReason {
        let reason = reason ?? (state == .loggingOut ? .loggedOut : .closedByPeer)
        state = .closed
        self.reason = reason
        return reason
    }

    private mutating func loginAnswered(_ message: WireMessage) -> Action {
        guard state == .loggingIn else { return .none }
        let response = message.loginResponse
        guard response.result else {
            state = .connected
            reason = .loginRefused(code: response.code, info: response.info)
            return .answer(sequence: message.sequence, message)
        }
        state = .loggedIn
        let session = ChatSession(
            id: message.sessionID, capabilities: ChatCapabilities(rawValue: response.capabilities))
        return .loggedIn(session, sequence: message.sequence, message)
    }

    private mutating func close(_ reason: DisconnectReason) -> Action {
        state = .closed
        self.reason = reason
        return .close(reason)
    }
}
