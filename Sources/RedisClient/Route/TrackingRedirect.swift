import Reactor

/// Client-side caching on a server that speaks RESP2 only: the invalidations of one connection come over a second one.
final class TrackingRedirect: RedisLinkOwner {
    private static let channel = "__redis__:invalidate"

    private let client: RedisClient
    private let main: RedisLink
    private var link: RedisLink?
    private var backoff: Backoff
    private lazy var retry = DeadlineTimer(client.loop) { [weak self] in self?.start() }
    private var isOver = false
    private var isTracking = false
    /// Whether reads are watched from now on.
    var changed: (Bool) -> Void = { _ in }

    init(_ client: RedisClient, _ main: RedisLink) {
        self.client = client
        self.main = main
        backoff = Backoff(first: client.configuration.reconnectDelay, most: client.configuration.reconnectDelayMost)
    }

    func start() {
        if isOver { return }
        var greeting = Handshake.Settings(client.configuration)
        greeting.role = .subscriber
        greeting.protocolVersion = 2
        let link = RedisLink(client, main.address, greeting, owner: self)
        self.link = link
        link.open()
    }

    func stop() {
        isOver = true
        changed = { _ in }
        retry.disarm()
        link?.abandon(RedisError(.closed, "no longer needed"))
        link = nil
    }

    func linkReady(_ link: RedisLink, _ server: RedisServer, isTracking: Bool) {
        backoff.succeeded()
        guard let number = server.clientID, let tracking = client.configuration.tracking else { return }
        let confirmed = ReplyTarget.closure { [weak self] result in
            guard let self, !isOver, case .success = result, main.isReady else { return }
            main.send(
                tracking.command(redirect: number), .closure { [weak self] in self?.answered($0) }, deadline: client.deadline(nil))
        }
        link.send(RedisCommand("SUBSCRIBE", Self.channel), confirmed, deadline: client.deadline(nil), isConfirmation: true)
    }

    private func answered(_ result: Result<RESPValue, RedisError>) {
        if isOver || link == nil { return }
        switch result {
        case .success:
            isTracking = true
            changed(true)
        case .failure(let error): client.logger.warning("redis: \(main.address) does not track what is read: \(error.message)")
        }
    }

    func linkClosed(_ link: RedisLink, _ reason: RedisError) {
        self.link = nil
        if isOver { return }
        if isTracking {
            isTracking = false
            changed(false)
        }
        retry.arm(afterMilliseconds: backoff.next())
    }

    func linkPushed(_ link: RedisLink, _ elements: [RESPValue]) {
        guard elements.count == 3, elements[0].text == "message", elements[1].text == Self.channel else { return }
        client.invalidated(.init(elements[2]))
    }
}

extension RedisInvalidation {
    init(_ keys: RESPValue) {
        guard let keys = keys.array else {
            self = .everything
            return
        }
        self = .keys(keys.compactMap(\.bytes))
    }
}
