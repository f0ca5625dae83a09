import NIOCore
import NIOPosix
import WireProtocol

/// Making, losing and replacing connections.
extension ChatClient {
    /// Opens a connection and makes it the current one.
    func open(_ target: ChatClientConfiguration.Target) async throws(ChatClientError) {
        let address = target.address
        generation += 1
        let generation = generation
        let configuration = configuration
        let queue = events.queue
        let online = OnlineFlag()
        let onClosed: @Sendable (DisconnectReason) -> Void = { [weak self] reason in
            Task { [weak self] in await self?.connectionClosed(generation: generation, reason: reason) }
        }
        let secured = (target.security ?? configuration.security).map { ($0, group.any().makePromise(of: Void.self)) }
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let (security, done) = secured {
                        try channel.pipeline.syncOperations.addHandler(security.handler(host: address.host))
                        try channel.pipeline.syncOperations.addHandler(HandshakeWait(done))
                    }
                    let decoder = ChatFrameDecoder(maximumBodyBytes: configuration.maximumFrameBytes)
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(decoder),
                        ConnectionHandler(configuration: configuration, events: queue, online: online, onClosed: onClosed))
                }
            }
        let opened: any Channel
        do {
            opened = try await bootstrap.connect(host: address.host, port: address.port).get()
            try await secured?.1.futureResult.get()
        } catch {
            secured?.1.fail(error)
            throw ChatClientError(.unreachable, info: "cannot connect to \(address): \(ConnectionFailure.describe(error))")
        }
        guard phase != .ended else {
            opened.close(promise: nil)
            throw ChatClientError(.notConnected, info: "logged out")
        }
        channel = opened
        self.online = online
    }

    /// Logs in on the current connection.
    func authenticate() async throws(ChatClientError) -> ChatSession {
        var message = WireMessage()
        message.type = .loginRequest
        message.loginRequest = login
        let answer = try await request(message)
        let response = answer.loginResponse
        guard answer.type == .loginResponse, response.result else {
            throw .loginRefused(code: response.code, info: response.info)
        }
        guard phase != .ended, phase != .leaving else { throw ChatClientError(.notConnected, info: "logged out") }
        guard channel != nil else { throw ChatClientError(.connectionLost, info: "the connection was lost right after the login") }
        let session = ChatSession(id: answer.sessionID, capabilities: ChatCapabilities(rawValue: response.capabilities))
        self.session = session
        phase = .online
        reconnecting = nil
        policy?.connected(at: .now)
        return session
    }

    /// A connection is gone. During a login or a reconnect, that call notices and tells.
    func connectionClosed(generation: Int, reason: DisconnectReason) {
        guard generation == self.generation else { return }
        session = nil
        channel = nil
        guard phase == .online else { return }
        phase = .reconnecting
        reconnecting = Task { [weak self] in
            // Each round holds the client only while it works, so that a client nobody wants goes away during a wait.
            var reason = reason
            while let delay = await self?.delayBeforeReconnect(after: reason) {
                guard (try? await Task.sleep(for: delay)) != nil else { return }
                guard let failure = await self?.reconnect() else { return }
                reason = failure
            }
        }
    }

    /// Closes what is open and ends the events. Idempotent.
    func end(_ reason: DisconnectReason = .loggedOut) {
        guard phase != .ended else { return }
        let tells = phase == .online || phase == .reconnecting || phase == .leaving
        phase = .ended
        session = nil
        channel?.close(promise: nil)
        channel = nil
        if tells { events.queue.push(.disconnected(reason, retryAfter: nil)) }
        events.queue.finish()
    }

    /// Tells how long to wait before the next attempt; nil: none follows.
    private func delayBeforeReconnect(after reason: DisconnectReason) -> Duration? {
        guard phase == .reconnecting else { return nil }
        guard !reason.isFinal, case .retry(let delay, _)? = policy?.lost(at: .now, random: .random(in: 0..<1)) else {
            end(reason)
            return nil
        }
        events.queue.push(.disconnected(reason, retryAfter: delay))
        return delay
    }

    /// One attempt. Returns why it failed, nil when no further one is due.
    private func reconnect() async -> DisconnectReason? {
        guard phase == .reconnecting, var target else { return nil }
        do {
            if let locate = configuration.locate {
                target = try await locate()
                if let token = target.token { login.token = token }
            }
            guard phase == .reconnecting else { return nil }
            try await open(target)
            _ = try await authenticate()
            return nil
        } catch let error as ChatClientError where error.kind == .loginRefused {
            return .loginRefused(code: error.code, info: error.info)
        } catch {
            channel?.close(promise: nil)
            channel = nil
            return .failed("\(error)")
        }
    }
}
