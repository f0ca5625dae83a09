import Cluster
import HPushConfiguration
import Logging
import Messaging
import Reactor
import RedisClient
import Synchronization
import TLS
import ZooKeeperClient

/// Keeps a node in its cluster: its registration, the routes of its sessions, the links to the others. It has a loop of its own, so that no
/// script and no load delays what keeps the registration alive.
final class ClusterServices: @unchecked Sendable {
    // @unchecked: what is not set in init belongs to `loop`.
    let loop: EventLoop
    let zooKeeper: ZooKeeperClient
    let redis: RedisClient
    private let cluster: NodeCluster
    private let shared: NodeShared
    private let owners: [NodeLoop]
    private let rules: RulesRollOut
    private let rollOut: RollOut
    private let logger: Logger
    /// What makes this data directory unique.
    private let ownerID: String
    private var membership: Membership?
    private var store: RouteStore?
    /// The highest number in the last picture of all nodes. Not this node's own, which it knows before it has seen who came with it.
    private var highest = NodeID(0)
    private var standing = RouteStore.Standing(own: .none, alive: [], highest: NodeID(0))
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var isRegistered = false
    private var hadRedis = false

    /// The loop that has the peer port: the last one, since the first one has the timers.
    var acceptorOwner: NodeLoop { owners[owners.count - 1] }

    /// - Throws: errors of one line that name what is wrong in `cluster`.
    init(_ section: ClusterSection, cluster: NodeCluster, shared: NodeShared, owners: [NodeLoop], rules: RulesRollOut, logger: Logger)
        throws
    {
        loop = try EventLoop(index: 0, name: "cluster")
        ownerID = try OwnerID.loadOrMake(dataDirectory: shared.configuration.node.dataDirectory)
        self.cluster = cluster
        self.shared = shared
        self.owners = owners
        self.rules = rules
        self.logger = logger
        let servers = section.zookeeper.servers.joined(separator: ",")
        let root = section.zookeeper.root == "/" ? "" : section.zookeeper.root
        let configuration = try ZooKeeperConfiguration(
            connectString: servers + root, sessionTimeoutMilliseconds: section.zookeeper.sessionTimeoutMilliseconds)
        zooKeeper = try ZooKeeperClient(loop: loop, configuration: configuration, logger: logger)
        rollOut = RollOut(client: zooKeeper, logger: logger) { record in Task { await rules.follow(record) } }
        var redisConfiguration = try RedisConfiguration(url: section.redisURL.reveal())
        redisConfiguration.clientName = "hpush-\(shared.configuration.node.name)"
        RouteStore.configure(&redisConfiguration)
        redis = RedisClient(
            loop: loop, configuration: redisConfiguration, logger: logger, secure: shared.tls[TLSDoors.Name.redis]?.hostFilter)
        cluster.connect(
            lookUp: { [unowned self] uid, answer in
                if !loop.execute({ self.lookUp(uid, answer) }) { answer(nil) }
            },
            changed: { [unowned self] in loop.execute { self.writeChanges() } },
            gone: { [unowned self] uid, node in loop.execute { self.store?.isGone(uid, from: node) } })
    }

    /// Starts everything but the links. Before the node's loops.
    func start(record: NodeRecord) throws {
        try loop.start()
        loop.execute { [self] in
            let store = RouteStore(
                redis: redis, routes: cluster.routes, logger: logger, standing: { [unowned self] in standing },
                isOpen: { [shared] in shared.find(id: $0)?.state == .open })
            store.onReturn = { [unowned self] in
                writeAll()
                // At the start nobody has missed anything.
                if hadRedis { _ = loop.scheduleTimer(afterMilliseconds: Self.routesWritten, Missed(self)) }
                hadRedis = true
            }
            self.store = store
            redis.start()
            let sessions: @Sendable () -> Int = { [shared] in shared.sessions.load(ordering: .relaxed) }
            let membership = Membership(client: zooKeeper, record: record, logger: logger, sessions: sessions) { [unowned self] event in
                changed(event)
            }
            self.membership = membership
            membership.start()
        }
    }

    /// Returns when the node has its number.
    func registered() async {
        await withCheckedContinuation { done in
            let taken = loop.execute { [self] in
                if isRegistered { done.resume() } else { waiters.append(done) }
            }
            if !taken { done.resume() }
        }
    }

    /// Ids are given under a number that no other node has; the node serves once it has one. Claimed at each registration: servers that lost
    /// their data would give the number to somebody else.
    private func claimWorker() {
        let owner = ownerID
        let before = isRegistered ? shared.ids.worker : nil
        Task { [self] in
            do {
                let number = try await WorkerNumber.claim(
                    client: zooKeeper, path: "/workers", ownerID: owner, limit: SnowflakeGenerator.workers, preferred: before)
                shared.ids.worker = number
                if let before {
                    if number != before {
                        logger.warning("ids go on under worker number \(number): ZooKeeper has given \(before) to another")
                    }
                    return
                }
                await rules.join(rollOut, cluster)
                await rules.catchUp()
                loop.execute { [self] in begin() }
            } catch {
                logger.error("no worker number for ids: \(error)")
                loop.execute { [self] in _ = loop.scheduleTimer(afterMilliseconds: 1000, Again(self)) }
            }
        }
    }

    private final class Again: TimerTarget {
        private let services: ClusterServices
        init(_ services: ClusterServices) { self.services = services }
        func timerFired(tag: UInt32, loop: EventLoop) { services.claimWorker() }
    }

    private func begin() {
        isRegistered = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    func drain() {
        loop.execute { [self] in membership?.drain() }
    }

    /// Whether gates are to send clients elsewhere for a time. Any thread.
    func refuseNewcomers(_ refuses: Bool) {
        loop.execute { [self] in membership?.refuseNewcomers(refuses) }
    }

    /// Takes this node's routes and its registration away, and ends.
    func stop() async {
        let membership = await onLoop { services in
            // Whoever waits to be registered need not any more.
            services.rollOut.stop()
            services.begin()
            services.writeChanges()
            return services.membership
        }
        await redis.close()
        await membership??.stop()
        loop.stop()
    }

    private func onLoop<Result: Sendable>(_ body: @escaping @Sendable (ClusterServices) -> Result) async -> Result? {
        await withCheckedContinuation { answer in
            if !loop.execute({ answer.resume(returning: body(self)) }) { answer.resume(returning: nil) }
        }
    }

    // MARK: Membership

    /// This node and the others, for the routes: made anew when something changes.
    private func stand() {
        standing = RouteStore.Standing(own: cluster.view.own, alive: cluster.view.nodes.keys.sorted(), highest: highest)
    }

    private func changed(_ event: Membership.Event) {
        switch event {
        case .registered(let id, _):
            cluster.view.own = id
            stand()
            if isRegistered {
                // Of the session before; watches ended with it, too.
                Task { [rules] in await rules.reportAgain() }
            }
            rollOut.look()
            claimWorker()
            for owner in owners { owner.loop.execute { owner.renewPeers() } }
            let last = acceptorOwner
            last.loop.execute { last.acceptor?.renew() }
            // Their routes carry the number. What others sent under the one before is not coming.
            writeAll()
            for owner in owners { owner.loop.execute { owner.readStoreInTurn() } }
        case .lost:
            cluster.view.own = .none
            stand()
        case .nodes(let nodes, let heard, let isCurrent):
            cluster.view.isCurrent = isCurrent
            // What is known stays in force while ZooKeeper is away.
            if isCurrent { update(nodes, heard: heard) }
        }
    }

    private func update(_ nodes: [NodeID: NodeRecord], heard: Set<NodeID>) {
        highest = max(highest, nodes.keys.max() ?? highest)
        let change = cluster.view.update(nodes, heard: heard)
        stand()
        for (id, record) in change.left {
            logger.notice("node \(id) (\(record.name ?? record.host)) is gone")
            for owner in owners { owner.loop.execute { owner.nodeLeft(id, record) } }
        }
        for (id, record) in change.joined {
            logger.notice("node \(id) (\(record.name ?? record.host)) is there")
            let cluster = self.cluster
            for owner in owners { owner.loop.execute { owner.nodeJoined(id, record, cluster) } }
        }
        if !change.left.isEmpty, cluster.view.own != .none, cluster.view.own == nodes.keys.min() { store?.sweep() }
    }

    // MARK: Routes

    private func lookUp(_ uid: String, _ answer: @escaping RouteStore.Answer) {
        guard let store else { return answer(nil) }
        // Sessions that have just come are written first.
        writeChanges()
        store.lookUp(uid, answer)
    }

    private func writeChanges() {
        guard let store else { return }
        for change in cluster.takeChanges() {
            switch change {
            case .opened(let route): store.add(route)
            case .closed(let uid, let id): store.remove(uid: uid, id: id)
            }
        }
    }

    /// All sessions of this node, spread over two seconds so that nodes do not write in step.
    private func writeAll() {
        guard cluster.view.own != .none, store?.isConnected == true else { return }
        for owner in owners {
            let milliseconds = Int.random(in: 0...300)
            _ = loop.scheduleTimer(afterMilliseconds: milliseconds, Rewriting(self, owner))
        }
    }

    private final class Rewriting: TimerTarget {
        private let services: ClusterServices
        private let owner: NodeLoop

        init(_ services: ClusterServices, _ owner: NodeLoop) {
            self.services = services
            self.owner = owner
        }

        func timerFired(tag: UInt32, loop: EventLoop) { services.rewrite(owner, from: 0) }
    }

    /// By then all nodes have written their routes again. Milliseconds.
    private static let routesWritten = 3000

    private final class Missed: TimerTarget {
        private let services: ClusterServices
        init(_ services: ClusterServices) { self.services = services }
        func timerFired(tag: UInt32, loop: EventLoop) {
            for owner in services.owners { owner.loop.execute { owner.missedAll() } }
        }
    }

    private static let batch = 2000

    /// A loop's sessions, some at a time.
    private func rewrite(_ owner: NodeLoop, from slot: Int) {
        owner.loop.execute { [self] in
            var routes: [LocalRoute] = []
            let next = owner.slots.forEach(from: slot, most: Self.batch) { if $0.state == .open { routes.append(LocalRoute($0)) } }
            let found = routes
            loop.execute { [self] in
                // One that has ended since is not brought back.
                for route in found where shared.find(id: route.id)?.state == .open { store?.add(route) }
                if let next { rewrite(owner, from: next) }
            }
        }
    }

    // MARK: What is seen of it

    /// On any thread.
    func state() async -> ClusterSummary {
        await onLoop { services in
            ClusterSummary(
                node: services.cluster.view.own, zooKeeper: services.zooKeeper.state.text,
                zooKeeperTook: services.zooKeeper.requestTimes, isCurrent: services.cluster.view.isCurrent,
                redis: services.store?.isConnected == true ? "connected" : services.store?.lastError ?? "connecting",
                routes: services.store?.counts ?? .init(), cached: services.cluster.routes.count)
        } ?? ClusterSummary()
    }
}

extension SessionState {
    /// For people.
    var text: String {
        switch self {
        case .connecting: "connecting"
        case .connected(let session, let timeout): "connected, session 0x\(String(session, radix: 16)), timeout \(timeout) ms"
        case .disconnected(let reason): "disconnected: \(reason)"
        case .expired: "the session has expired"
        case .closed: "closed"
        case .authenticationFailed: "the credentials are refused"
        }
    }
}
