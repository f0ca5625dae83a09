import Reactor

/// One master of a Redis Cluster and the connection to it, which is made again until the node is dropped from the map. Loop-only.
final class ClusterNode: RedisLinkOwner {
    let address: RedisAddress
    private unowned let route: ClusterRoute
    private(set) var link: RedisLink?
    private(set) var isReady = false
    private(set) var isTracking = false
    private var redirect: TrackingRedirect?
    private var lastRunID: String??
    private var backoff: Backoff
    private var isDropped = false
    private lazy var retry = DeadlineTimer(route.loop) { [self] in connect() }

    init(_ route: ClusterRoute, _ address: RedisAddress) {
        self.route = route
        self.address = address
        let configuration = route.client.configuration
        backoff = Backoff(first: configuration.reconnectDelay, most: configuration.reconnectDelayMost)
    }

    func connect() {
        if isDropped || link != nil { return }
        retry.disarm()
        var greeting = Handshake.Settings(route.client.configuration)
        greeting.database = 0
        let link = RedisLink(route.client, address, greeting, owner: self)
        self.link = link
        route.client.changed(.connecting(address))
        if self.link === link { link.open() }
    }

    /// No slot is its any more: answers under way still come, over the connection returned.
    func drop() -> RedisLink? {
        let link = end()
        link?.retire()
        return link
    }

    func stop(_ error: RedisError) { end()?.abandon(error) }

    private func end() -> RedisLink? {
        isDropped = true
        isReady = false
        retry.end()
        redirect?.stop()
        redirect = nil
        defer { link = nil }
        return link
    }

    func linkReady(_ link: RedisLink, _ server: RedisServer, isTracking: Bool) {
        backoff.succeeded()
        isReady = true
        self.isTracking = isTracking
        var server = server
        if let last = lastRunID { server.change = last != nil && last == server.runID ? .same : .other }
        lastRunID = .some(server.runID)
        if route.client.configuration.tracking != nil, server.protocolVersion < 3 { startRedirect(link) }
        route.nodeReady(server, isTracking: isTracking)
    }

    func linkClosed(_ link: RedisLink, _ reason: RedisError) {
        let wasReady = isReady
        self.link = nil
        isReady = false
        isTracking = false
        redirect?.stop()
        redirect = nil
        if !isDropped, reason.code != .closed { retry.arm(afterMilliseconds: backoff.next()) }
        route.nodeLost(self, reason, wasReady: wasReady)
    }

    func linkPushed(_ link: RedisLink, _ elements: [RESPValue]) { route.client.pushed(elements) }

    private func startRedirect(_ link: RedisLink) {
        let redirect = TrackingRedirect(route.client, link)
        redirect.changed = { [self] tracks in
            isTracking = tracks
            route.client.invalidated(.everything)
        }
        self.redirect = redirect
        redirect.start()
    }
}
