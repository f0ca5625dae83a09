import Reactor

/// Commands to the masters of a Redis Cluster, each to the one that has the key's slot. Loop-only.
final class ClusterRoute: RedisRoute {
    private static let retryPause = 25
    private static let refreshPause = 30_000
    /// From so many on there is a pause before each: nodes that do not agree send one another's clients round in circles.
    private static let quickRedirects = 3

    private var reader: SlotMapReader?
    private var nodes: [RedisAddress: ClusterNode] = [:]
    private var owners = ContiguousArray<ClusterNode?>(repeating: nil, count: HashSlot.count)
    private var hasMap = false
    /// Connections to former masters, while answers are under way.
    private var retired: [RedisLink] = []
    private lazy var retry = DeadlineTimer(loop) { [self] in sendWaiting() }
    private lazy var refresher = DeadlineTimer(loop) { [self] in refreshRegularly() }

    init(_ client: RedisClient, _ seeds: [RedisAddress]) {
        super.init(client)
        reader = SlotMapReader(self, seeds)
    }

    override var isConnected: Bool { hasMap && nodes.values.allSatisfy(\.isReady) }
    override var isTracking: Bool { hasMap && nodes.values.allSatisfy { $0.isReady && $0.isTracking } }
    override var inFlight: Int {
        nodes.values.reduce(0) { $0 + ($1.link?.inFlight ?? 0) } + retired.reduce(0) { $0 + $1.inFlight }
    }
    override var subscriptionAddress: RedisAddress? { readyLink(0)?.address }

    override func start() {
        reader?.refresh()
        refresher.arm(afterMilliseconds: Self.refreshPause)
    }

    override func stop(_ error: RedisError) {
        retry.end()
        refresher.end()
        reader?.stop()
        for node in nodes.values { node.stop(error) }
        for link in retired { link.abandon(error) }
        retired = []
        nodes = [:]
        owners = []
    }

    private func refreshRegularly() {
        reader?.refresh()
        refresher.arm(afterMilliseconds: Self.refreshPause)
    }

    // MARK: - Commands

    override func send(_ command: RedisCommand, _ target: ReplyTarget, deadline: UInt64) {
        dispatch(ClusterRequest(self, .command(command, target), deadline: deadline), isNew: true)
    }

    override func send(_ transaction: Transaction, deadline: UInt64) {
        dispatch(ClusterRequest(self, .transaction(transaction), deadline: deadline), isNew: true)
    }

    override var masters: [RedisAddress] {
        Set(owners.compactMap { $0?.address }).sorted { $0.description < $1.description }
    }

    override func send(_ command: RedisCommand, to master: RedisAddress, _ target: ReplyTarget, deadline: UInt64) -> Bool {
        guard let node = nodes[master], node.isReady, let link = node.link else { return false }
        link.send(command, target, deadline: deadline)
        return true
    }

    private func dispatch(_ request: ClusterRequest, isNew: Bool = false) {
        let node: ClusterNode?
        switch request.place {
        case .conflict:
            return refuse(
                request.work, RedisError(.crossSlot, "the keys lie in different slots; {braces} around a common part put them into one"))
        case .slot(let slot): node = request.ask.map { self.node($0) } ?? (owners.isEmpty ? nil : owners[slot])
        case .anywhere: node = nodes.values.filter(\.isReady).min { $0.address.description < $1.address.description }
        }
        guard request.notBefore <= loop.now, let node, node.isReady, let link = node.link else {
            return wait(.request(request), deadline: request.deadline)
        }
        guard !isNew || link.hasRoom(request.bytes) else { return refuse(request.work) }
        request.send(to: link)
    }

    /// Whether the request is taken care of: the answer was that it must go elsewhere, or wait.
    func redirected(_ request: ClusterRequest, _ error: RedisError) -> Bool {
        guard !isOver, loop.now < request.deadline, let from = request.sentTo, let redirect = ClusterRedirect(error, from: from)
        else { return false }
        client.count.redirects &+= 1
        switch redirect {
        case .moved(let slot, let address):
            request.redirects += 1
            if request.redirects > Self.quickRedirects { request.notBefore = loop.now &+ UInt64(Self.retryPause) * 1_000_000 }
            let node = self.node(address)
            if owners[slot] !== node {
                setOwner(slot, node)
                reader?.refresh()
            }
        case .ask(let address):
            if request.isTransaction {
                // Its keys may lie here and there; when the slot has moved, all are there.
                request.notBefore = loop.now &+ UInt64(Self.retryPause) * 1_000_000
            } else {
                _ = node(address)
                request.ask = address
            }
        case .later(let isDown):
            request.notBefore = loop.now &+ UInt64(Self.retryPause) * 1_000_000
            if isDown { reader?.refresh() }
        }
        dispatch(request)
        if request.notBefore > loop.now { retry.arm(request.notBefore) }
        return true
    }

    private func sendWaiting() {
        for _ in 0..<waiting.count {
            guard let item = waiting.popFirst() else { return }
            guard case .request(let request) = item.work else { continue }
            dispatch(request)
            if request.notBefore > loop.now { retry.arm(request.notBefore) }
        }
    }

    // MARK: - The map

    func apply(_ map: [SlotRange]) {
        if isOver { return }
        hasMap = true
        var masters = Set<RedisAddress>()
        var fresh = ContiguousArray<ClusterNode?>(repeating: nil, count: HashSlot.count)
        for range in map {
            masters.insert(range.master)
            let node = node(range.master)
            for slot in range.slots { fresh[slot] = node }
        }
        let hasMoved = zip(owners, fresh).contains { $0 != nil && $0 !== $1 }
        owners = fresh
        for (address, node) in nodes where !masters.contains(address) {
            nodes[address] = nil
            if let link = node.drop() { retired.append(link) }
        }
        retired.removeAll(where: \.isClosed)
        // Those who had the slots may not have told all that changed before they were gone.
        if hasMoved { client.invalidated(.everything) }
        sendWaiting()
    }

    private func setOwner(_ slot: Int, _ node: ClusterNode) {
        owners[slot] = node
        client.invalidated(.everything)
    }

    private func node(_ address: RedisAddress) -> ClusterNode {
        if let node = nodes[address] { return node }
        let node = ClusterNode(self, address)
        nodes[address] = node
        node.connect()
        return node
    }

    /// A connection that is ready, another one each time.
    func readyLink(_ number: Int) -> RedisLink? {
        let ready = nodes.values.filter(\.isReady).sorted { $0.address.description < $1.address.description }
        return ready.isEmpty ? nil : ready[number % ready.count].link
    }

    // MARK: - Nodes

    func nodeReady(_ server: RedisServer, isTracking: Bool) {
        client.subscriptions.addressKnown()
        client.connected(server, isTracking: isTracking)
        sendWaiting()
    }

    func nodeLost(_ node: ClusterNode, _ reason: RedisError, wasReady: Bool) {
        lastFailure = reason
        client.disconnected(node.address, reason, wasReady: wasReady)
        if isOver { return }
        if reason.code == .closed { return client.finish() }
        reader?.refresh()
    }
}
