import Reactor

/// Asks nodes of a Redis Cluster for the slot map, one at a time and not too often: one that is connected, else all that were ever heard
/// of, one after the other. Loop-only.
final class SlotMapReader: RedisLinkOwner {
    private static let pause = 100
    private static let answerTimeout = 500

    private unowned let route: ClusterRoute
    private let seeds: [RedisAddress]
    private var known: [RedisAddress]
    private var next = 0
    private var isAsking = false
    private var isOver = false
    private var lastAsked: UInt64 = 0
    private var link: RedisLink?
    private lazy var timer = DeadlineTimer(route.loop) { [weak self] in self?.ask() }

    init(_ route: ClusterRoute, _ seeds: [RedisAddress]) {
        self.route = route
        self.seeds = seeds
        known = seeds
    }

    /// The map may be old.
    func refresh() {
        if isOver || isAsking { return }
        let earliest = lastAsked &+ UInt64(Self.pause) * 1_000_000
        if lastAsked == 0 || route.loop.now >= earliest { ask() } else { timer.arm(earliest) }
    }

    func stop() {
        isOver = true
        timer.disarm()
        link?.abandon(RedisError(.closed, "the client was closed"))
        link = nil
    }

    private func ask() {
        if isOver || isAsking { return }
        isAsking = true
        lastAsked = route.loop.now
        next += 1
        if let connected = route.readyLink(next) { return ask(connected) }
        var greeting = Handshake.Settings(route.client.configuration)
        greeting.role = .sentinel
        greeting.database = 0
        let link = RedisLink(route.client, known[next % known.count], greeting, owner: self)
        self.link = link
        link.open()
    }

    private func ask(_ link: RedisLink) {
        let address = link.address
        let answered = ReplyTarget.closure { [weak self] in self?.answered($0, by: address) }
        link.send(RedisCommand("CLUSTER", "SLOTS"), answered, deadline: route.client.deadline(Self.answerTimeout))
    }

    private func answered(_ result: Result<RESPValue, RedisError>, by address: RedisAddress) {
        isAsking = false
        link?.abandon(RedisError(.closed, "the map was read"))
        link = nil
        if isOver { return }
        switch result {
        case .success(let value):
            guard let map = SlotRange.all(value, asked: address), !map.isEmpty else {
                return failed("\(address) tells no slots")
            }
            known = seeds
            for other in map.flatMap({ [$0.master] + $0.replicas }) where !known.contains(other) { known.append(other) }
            route.apply(map)
        case .failure(let error): failed(error.message)
        }
    }

    private func failed(_ why: String) {
        route.client.logger.debug("redis: no slot map: \(why)")
        route.lastFailure = RedisError(.disconnected, why)
        timer.arm(afterMilliseconds: Self.pause)
    }

    func linkReady(_ link: RedisLink, _ server: RedisServer, isTracking: Bool) { ask(link) }

    func linkClosed(_ link: RedisLink, _ reason: RedisError) {
        // Who waits for the answer is told by the connection.
        guard self.link === link else { return }
        self.link = nil
        guard isAsking else { return }
        isAsking = false
        if reason.code == .closed { return route.client.finish() }
        failed(reason.message)
    }

    func linkPushed(_ link: RedisLink, _ elements: [RESPValue]) {}
}
