import Reactor

/// All subscriptions of a client, on a connection of their own that exists while there are any. Loop-only.
final class Subscriptions: RedisLinkOwner {
    private struct Name: Hashable {
        let bytes: [UInt8]
        let isPattern: Bool

        func command(_ verb: String) -> RedisCommand { RedisCommand((isPattern ? "P" : "") + verb, bytes) }
    }

    private unowned let client: RedisClient
    private var wanted: [Name: [RedisSubscription]] = [:]
    private var link: RedisLink?
    private var isReady = false
    private var isOver = false
    private var backoff: Backoff
    private lazy var retry = DeadlineTimer(client.loop) { [weak self] in self?.connect() }

    init(_ client: RedisClient) {
        self.client = client
        backoff = Backoff(first: client.configuration.reconnectDelay, most: client.configuration.reconnectDelayMost)
    }

    func add(
        _ name: [UInt8], isPattern: Bool, confirmed: (() -> Void)? = nil, ended: (() -> Void)? = nil,
        message: @escaping (RedisMessage) -> Void
    ) -> RedisSubscription {
        let subscription = RedisSubscription(
            name, isPattern: isPattern, owner: self, confirmed: confirmed, ended: ended, message: message)
        let key = Name(bytes: name, isPattern: isPattern)
        wanted[key, default: []].append(subscription)
        // A second one is confirmed like a first: the server answers each time.
        if isReady { ask(key) } else { connect() }
        return subscription
    }

    func remove(_ subscription: RedisSubscription) {
        let key = Name(bytes: subscription.name, isPattern: subscription.isPattern)
        guard var list = wanted[key] else { return }
        list.removeAll { $0 === subscription }
        wanted[key] = list.isEmpty ? nil : list
        if wanted.isEmpty { return disconnect() }
        if list.isEmpty, isReady { link?.send(key.command("UNSUBSCRIBE"), nil, deadline: client.deadline(nil), isConfirmation: true) }
    }

    /// There is a server now.
    func addressKnown() {
        if link == nil, !wanted.isEmpty { connect() }
    }

    /// The server is no longer the one to listen to.
    func addressLost() {
        link?.close(RedisError(.disconnected, "the master may have changed"))
    }

    func stop() {
        isOver = true
        disconnect()
        let all = wanted.values.joined()
        wanted = [:]
        for subscription in all { subscription.ended?() }
    }

    private func disconnect() {
        retry.disarm()
        isReady = false
        link?.abandon(RedisError(.closed, "nothing is subscribed to"))
        link = nil
    }

    private func connect() {
        guard !isOver, link == nil, !wanted.isEmpty, let address = client.route?.subscriptionAddress else { return }
        var greeting = Handshake.Settings(client.configuration)
        greeting.role = .subscriber
        let link = RedisLink(client, address, greeting, owner: self)
        self.link = link
        link.open()
    }

    func linkReady(_ link: RedisLink, _ server: RedisServer, isTracking: Bool) {
        backoff.succeeded()
        isReady = true
        for name in wanted.keys { ask(name) }
    }

    private func ask(_ name: Name) {
        let answered = ReplyTarget.closure { [weak self] result in
            guard let self else { return }
            switch result {
            case .success: for subscription in wanted[name] ?? [] { subscription.confirmed?() }
            case .failure(let error):
                if isReady {
                    client.logger.warning("redis: no subscription to \(String(decoding: name.bytes, as: UTF8.self)): \(error.message)")
                }
            }
        }
        link?.send(name.command("SUBSCRIBE"), answered, deadline: client.deadline(nil), isConfirmation: true)
    }

    func linkClosed(_ link: RedisLink, _ reason: RedisError) {
        self.link = nil
        isReady = false
        if isOver { return }
        client.logger.debug("redis: subscriptions: \(reason.message)")
        retry.arm(afterMilliseconds: backoff.next())
    }

    func linkPushed(_ link: RedisLink, _ elements: [RESPValue]) {
        guard let kind = elements.first?.text else { return }
        switch (kind, elements.count) {
        case ("message", 3): deliver(elements[1], nil, elements[2])
        case ("pmessage", 4): deliver(elements[2], elements[1], elements[3])
        default: break
        }
    }

    private func deliver(_ channel: RESPValue, _ pattern: RESPValue?, _ payload: RESPValue) {
        guard let channel = channel.bytes, let payload = payload.bytes else { return }
        let name = Name(bytes: pattern?.bytes ?? channel, isPattern: pattern != nil)
        client.count.messages &+= 1
        let message = RedisMessage(channel: channel, pattern: pattern?.bytes, payload: payload)
        for subscription in wanted[name] ?? [] { subscription.message(message) }
    }
}
