import Reactor

/// All commands to one server: the one configured, or the master the sentinels name.
final class MasterRoute: RedisRoute, RedisLinkOwner {
    private let address: RedisAddress?
    private let finder: MasterFinder?
    private let greeting: Handshake.Settings
    @exclusivity(unchecked) private var link: RedisLink?
    @exclusivity(unchecked) private var isReady = false
    private var redirect: TrackingRedirect?
    private var tracks = false
    private var lastRunID: String??
    private var backoff: Backoff
    private lazy var retry = DeadlineTimer(loop) { [self] in connect() }

    /// - Parameter address: nil: ask `finder`.
    init(_ client: RedisClient, _ address: RedisAddress?, _ finder: MasterFinder?) {
        let configuration = client.configuration
        self.address = address
        self.finder = finder
        var greeting = Handshake.Settings(configuration)
        greeting.mustBeMaster = finder != nil
        self.greeting = greeting
        backoff = Backoff(first: configuration.reconnectDelay, most: configuration.reconnectDelayMost)
        super.init(client)
    }

    override var isConnected: Bool { isReady }
    override var isTracking: Bool { isReady && tracks }
    override var inFlight: Int { link?.inFlight ?? 0 }
    override var subscriptionAddress: RedisAddress? { isReady ? link?.address : nil }

    override func start() {
        finder?.moved = { [self] address in masterMoved(address) }
        connect()
    }

    override func stop(_ error: RedisError) {
        retry.end()
        finder?.stop()
        redirect?.stop()
        redirect = nil
        isReady = false
        link?.close(error)
        link = nil
    }

    // MARK: - Commands

    override func send(_ command: RedisCommand, _ target: ReplyTarget, deadline: UInt64) {
        guard isReady, let link else { return wait(.command(command, target), deadline: deadline) }
        guard link.hasRoom(command.length) else { return refuse(.command(command, target)) }
        link.send(command, target, deadline: deadline)
    }

    override func send(_ transaction: Transaction, deadline: UInt64) {
        let work = Work.transaction(transaction)
        guard isReady, let link else { return wait(work, deadline: deadline) }
        guard link.hasRoom(work.bytes) else { return refuse(work) }
        link.send(transaction, deadline: deadline)
    }

    private func sendWaiting() {
        while isReady, let link, let item = waiting.popFirst() {
            // All that waited fits: the limits are the same.
            link.send(item.work, deadline: item.deadline)
        }
    }

    // MARK: - Connection

    private func connect() {
        if isOver || link != nil { return }
        if let address { return open(address) }
        finder?.find { [self] found in
            guard !isOver, link == nil else { return }
            switch found {
            case .success(let address): open(address)
            case .failure(let error): failed(error)
            }
        }
    }

    private func open(_ address: RedisAddress) {
        let link = RedisLink(client, address, greeting, owner: self)
        self.link = link
        client.changed(.connecting(address))
        if self.link === link { link.open() }
    }

    func linkReady(_ link: RedisLink, _ server: RedisServer, isTracking: Bool) {
        backoff.succeeded()
        isReady = true
        tracks = isTracking
        lastFailure = nil
        var server = server
        if let last = lastRunID { server.change = last != nil && last == server.runID ? .same : .other }
        lastRunID = .some(server.runID)
        if client.configuration.tracking != nil, server.protocolVersion < 3 { startRedirect(link) }
        client.subscriptions.addressKnown()
        client.connected(server, isTracking: isTracking)
        sendWaiting()
    }

    func linkClosed(_ link: RedisLink, _ reason: RedisError) {
        let wasReady = isReady
        self.link = nil
        isReady = false
        tracks = false
        redirect?.stop()
        redirect = nil
        client.disconnected(link.address, reason, wasReady: wasReady)
        if finder != nil { client.subscriptions.addressLost() }
        failed(reason)
    }

    func linkPushed(_ link: RedisLink, _ elements: [RESPValue]) { client.pushed(elements) }

    private func failed(_ reason: RedisError) {
        if isOver { return }
        // The loop ends: nothing will be connected any more.
        if reason.code == .closed { return client.finish() }
        lastFailure = reason
        retry.arm(afterMilliseconds: backoff.next())
    }

    /// The sentinels have made another server the master.
    private func masterMoved(_ address: RedisAddress) {
        guard let link, link.address != address else { return connectNow() }
        link.close(RedisError(.disconnected, "the master is no longer \(link.address) but \(address)"))
        connectNow()
    }

    private func connectNow() {
        if isOver || link != nil { return }
        retry.disarm()
        connect()
    }

    // MARK: - Tracking in RESP2

    private func startRedirect(_ link: RedisLink) {
        let redirect = TrackingRedirect(client, link)
        redirect.changed = { [self] tracking in
            tracks = tracking
            client.invalidated(.everything)
        }
        self.redirect = redirect
        redirect.start()
    }
}

extension Handshake.Settings {
    init(_ configuration: RedisConfiguration) {
        user = configuration.user
        password = configuration.password
        database = configuration.database
        clientName = configuration.clientName
        protocolVersion = configuration.protocolVersion
        tracking = configuration.tracking
        scripts = configuration.scripts
    }
}
