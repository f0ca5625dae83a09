import NIOCore
import NIOPosix
import WireProtocol

/// A user's session on a chat node, over TCP.
///
/// ```swift
/// let client = ChatClient()
/// try await client.connect(host: "127.0.0.1", port: 7000)
/// try await client.login(user: "alice", device: "phone", token: "secret")
/// try await client.send(to: "bob", text: "hello")
/// for await event in client.events { ... }
/// ```
///
/// A client lives for one login: ``connect(host:port:)``, ``login(user:device:token:capabilities:)``, then messages, until
/// ``logout()``. A lost connection is replaced by itself as ``ChatClientConfiguration/reconnect`` says; ``events`` tells.
/// Its methods may be called from any task. Releasing the client closes the connection.
public actor ChatClient {
    enum Phase {
        case idle
        case connecting
        case connected
        case online
        case reconnecting
        case leaving
        case ended
    }

    /// What happens, in order. One consumer; see ``ChatEvents``.
    public nonisolated let events: ChatEvents

    /// The session while there is one; nil before the login, during a reconnect and after the end.
    public internal(set) var session: ChatSession?

    let configuration: ChatClientConfiguration
    let group: any EventLoopGroup
    var phase = Phase.idle
    var policy: ReconnectPolicy?
    var target: ChatClientConfiguration.Target?
    var login = WireLoginRequest()
    var channel: (any Channel)?
    var online = OnlineFlag()
    /// Counts connections, so that a late word about an old one is recognised.
    var generation = 0
    var reconnecting: Task<Void, Never>?
    private var numbers = MessageNumbers(microsecondsSince1970: WallClock.microseconds())

    /// - Parameter group: the event loops to use; none are started by the client.
    public init(
        configuration: ChatClientConfiguration = ChatClientConfiguration(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.configuration = configuration
        self.group = group
        self.policy = configuration.reconnect
        self.events = ChatEvents(queue: EventQueue(limit: configuration.maximumWaitingEvents))
    }

    deinit {
        reconnecting?.cancel()
        channel?.close(promise: nil)
        events.queue.finish()
    }

    /// Connects to a node.
    ///
    /// - Throws: `unreachable`, or `misuse` when the client was connected before. After `unreachable` it may be tried again.
    public func connect(host: String, port: Int) async throws(ChatClientError) {
        try await connect(to: .init(address: ChatAddress(host: host, port: port)))
    }

    /// Connects to a node that somebody named; its token is for ``login(user:device:token:capabilities:)``.
    ///
    /// - Throws: as ``connect(host:port:)``.
    public func connect(to target: ChatClientConfiguration.Target) async throws(ChatClientError) {
        guard phase == .idle else { throw ChatClientError(.misuse, info: "the client was connected before") }
        phase = .connecting
        do {
            try await open(target)
        } catch {
            if phase == .connecting { phase = .idle }
            throw error
        }
        self.target = target
        phase = .connected
    }

    /// Logs in.
    ///
    /// - Parameters:
    ///   - device: names this device among the user's; what one device received is not sent to it again.
    ///   - token: a password or token, as the node's login rule wants it.
    /// - Throws: `loginRefused` with the node's code (the client is of no use any more then), `timedOut`, `connectionLost`,
    ///   `notConnected`.
    @discardableResult
    public func login(
        user: String, device: String, token: String, capabilities: ChatCapabilities = []
    ) async throws(ChatClientError) -> ChatSession {
        guard phase == .connected else { throw notConnected() }
        login.uid = user
        login.deviceID = device
        login.token = token
        login.platform = configuration.platform
        login.appVersion = configuration.applicationVersion
        login.capabilities = capabilities.rawValue
        do {
            return try await authenticate()
        } catch {
            end()
            throw error
        }
    }

    /// A number for a message of this device, never given out before. Only needed to know it before ``send(to:text:messageID:)``,
    /// or to send the same message again: with receipts, the node delivers those with one number once.
    public func makeMessageID() -> UInt64 {
        numbers.nextMessageID()
    }

    /// Sends a message to a user and returns once the operating system has it; does not wait for the node.
    ///
    /// A failure comes as ``ChatEvent/failure(_:)`` with the returned number, a success (with receipts) as ``ChatEvent/receipt(_:)``.
    /// - Parameter messageID: from ``makeMessageID()``; nil: a new one.
    /// - Returns: the message's number.
    /// - Throws: `notConnected` (during a reconnect too), `messageTooLarge`, `connectionLost`.
    @discardableResult
    public func send(to user: String, text: String, messageID: UInt64? = nil) async throws(ChatClientError) -> UInt64 {
        var message = WireMessageRequest()
        message.to = user
        message.content = text
        return try await send(message, messageID: messageID ?? makeMessageID())
    }

    /// The same for all members of a group.
    @discardableResult
    public func send(group: String, text: String, messageID: UInt64? = nil) async throws(ChatClientError) -> UInt64 {
        var message = WireMessageRequest()
        message.group = group
        message.content = text
        return try await send(message, messageID: messageID ?? makeMessageID())
    }

    /// Tells the node that these messages (``ChatMessage/serverID``) are safe here. Only with ``ChatCapabilities/acknowledgements``.
    public func acknowledge(_ serverIDs: [UInt64]) async throws(ChatClientError) {
        var message = WireMessage()
        message.type = .messageAck
        message.ack.serverID = serverIDs
        try await write(message)
    }

    /// A page of the stored messages with a user, or of a group when `conversation` is `group:NAME`.
    ///
    /// - Parameters:
    ///   - after: begin behind this ``ChatMessage/conversationSequence``; 0 for the first.
    ///   - limit: messages at most; the node may give fewer.
    /// - Throws: `requestRefused`, `timedOut` (old nodes don't know the request), `connectionLost`, `notConnected`.
    public func history(
        of conversation: String, after: UInt64 = 0, limit: UInt32 = 100
    ) async throws(ChatClientError) -> ChatHistoryPage {
        guard isOnline else { throw notConnected() }
        var message = WireMessage()
        message.type = .syncRequest
        message.syncRequest.conversation = conversation
        message.syncRequest.afterSeq = after
        message.syncRequest.limit = limit
        let answer = try await request(message)
        guard answer.type == .syncResponse else {
            let refusal = answer.messageResponse
            throw ChatClientError(.requestRefused, code: refusal.code, info: refusal.info)
        }
        return ChatHistoryPage(answer.syncResponse)
    }

    /// Logs out, waits until the node has said so or closed (at most `logoutTimeout`), and closes. The events end. Never fails.
    public func logout() async {
        reconnecting?.cancel()
        guard isOnline, let channel else { return end() }
        // From here on a closed connection is no loss, whoever closes it first.
        phase = .leaving
        var message = WireMessage()
        message.type = .logoutRequest
        message.sequence = numbers.nextSequence()
        // The node may close in any order after this; whatever it does, the connection is over.
        let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(configuration.logoutTimeout)) {
            channel.close(promise: nil)
        }
        channel.writeAndFlush(OutgoingRequest(message: message, answer: nil), promise: nil)
        try? await channel.closeFuture.get()
        timeout.cancel()
        end()
    }

    private func send(_ request: WireMessageRequest, messageID: UInt64) async throws(ChatClientError) -> UInt64 {
        guard isOnline else { throw notConnected() }
        var message = WireMessage()
        message.type = .messageRequest
        message.sequence = numbers.nextSequence()
        message.messageRequest = request
        message.messageRequest.msgID = messageID
        message.messageRequest.from = login.uid
        message.messageRequest.time = WallClock.microseconds() / 1000
        try await write(message)
        return messageID
    }

    private func write(_ message: WireMessage) async throws(ChatClientError) {
        guard isOnline, let channel else { throw notConnected() }
        do {
            try await channel.writeAndFlush(OutgoingRequest(message: message, answer: nil)).get()
        } catch let error as ChatClientError {
            throw error
        } catch {
            throw ChatClientError(.connectionLost, info: "the connection is lost: \(ConnectionFailure.describe(error))")
        }
    }

    func request(_ request: WireMessage) async throws(ChatClientError) -> WireMessage {
        guard let channel else { throw notConnected() }
        var message = request
        message.sequence = numbers.nextSequence()
        let answer = channel.eventLoop.makePromise(of: WireMessage.self)
        channel.writeAndFlush(OutgoingRequest(message: message, answer: answer)).whenFailure { answer.fail($0) }
        do {
            return try await answer.futureResult.get()
        } catch let error as ChatClientError {
            throw error
        } catch {
            throw ChatClientError(.connectionLost, info: "the connection is lost: \(ConnectionFailure.describe(error))")
        }
    }

    /// True from the event on, even while the login call has not returned yet.
    private var isOnline: Bool { phase != .ended && phase != .leaving && online.isSet }

    private func notConnected() -> ChatClientError {
        ChatClientError(.notConnected, info: phase == .reconnecting ? "the connection is lost, a new one is on its way" : "not connected")
    }
}
