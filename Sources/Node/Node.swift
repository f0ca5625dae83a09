import Dispatch
import Glibc
import HPushConfiguration
import Logging
import Messaging
import PluginHost
import Reactor
import Storage
import Synchronization
import TLS
import Tokens
import Tracing

/// A chat node: its event loops, its listener, its plugins.
///
/// `init` and `start` may block for as long as files and plugins take to load; then everything happens on the loops.
public final class Node: Sendable {
    /// What stands in no configuration.
    public struct Options: Sendable {
        /// For benchmarks: any login is accepted and messages are redirected without a script. What the rules cost is the difference.
        public var scriptless = false

        /// Gets the spans of the share of messages that `tracing.sample` says; nil: there are none.
        public var tracer: (any Tracer)?

        public init(scriptless: Bool = false, tracer: (any Tracer)? = nil) {
            self.scriptless = scriptless
            self.tracer = tracer
        }
    }

    public static let version = "0.1.0"

    let shared: NodeShared
    let loops: [NodeLoop]
    let generations: Generations
    let rollOut: RulesRollOut
    let guards: PluginGuards
    let traces = TapPlaces(4)
    let recordings = TapPlaces(1)
    let shadows = TapPlaces(1)
    let activity = Activity()
    private let following = Mutex<Task<Void, Never>?>(nil)
    private let refresher: AccountRefresher
    let memoryWatch: MemoryWatch?
    /// nil on a node that stands alone.
    let clusterServices: ClusterServices?
    private let listener = Mutex<BoundListener?>(nil)
    /// Listeners of the process beside the node's own, for its status.
    let otherListeners = Mutex<[NodeStatus.Listener]>([])
    private let webSocketPort = Mutex<BoundListener?>(nil)
    private let startedAt = Atomic<UInt64>(0)
    /// One element when an operator wants the node to end by `drain`. For one reader.
    public let drainRequests: AsyncStream<Void>
    let drainRequest: AsyncStream<Void>.Continuation

    private let peerPort = Mutex<BoundListener?>(nil)

    /// A listener belongs to its loop; here it is only kept.
    struct BoundListener: @unchecked Sendable {
        let listener: Listener

        /// On its loop.
        func open() { try? listener.open() }
    }

    var peerListener: BoundListener? { peerPort.withLock { $0 } }

    func keep(peer listener: Listener) {
        let kept = BoundListener(listener: listener)
        peerPort.withLock { $0 = kept }
    }

    /// Opens the accounts, loads and checks the plugins.
    /// - Parameter source: what a reload reads; nil: the configuration stays as it is, and only files of plugins are read again.
    /// - Throws: errors whose description is one line: `PluginFailure`, `AccountError`, `MessageStoreError`, `DataDirectoryError`, `ReactorError`,
    ///   `TLSError`.
    public init(
        configuration: NodeConfiguration, logger: Logger, options: Options = Options(), source: ConfigurationSource? = nil
    ) async throws {
        let threads = configuration.chat.threads == 0 ? max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1) : configuration.chat.threads
        let descriptors = DescriptorLimit.raise()
        let tls = try TLSDoors.load(configuration)
        (drainRequests, drainRequest) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let secret = configuration.gate.tokenSecret.reveal()
        let tokens = await TokenKeys(
            secret: secret.isEmpty ? try TokenSecret.loadOrMake(dataDirectory: configuration.node.dataDirectory) : secret)
        let keeper = try IDKeeper(worker: 0, dataDirectory: configuration.node.dataDirectory, logger: logger)
        let accounts = try ConfiguredStores.accounts(configuration)
        let messages = try MessageService(configuration, logger: logger)
        // Password hashes are what it does most: as many threads as cores, and no longer queue than clients wait.
        let pool = BlockingPool(threads: max(threads, 2), capacity: 1024)
        let cluster: NodeCluster? =
            configuration.cluster.mode == .zookeeper
            ? NodeCluster(secret: configuration.cluster.peer.secret.reveal(), limits: NodeLoop.peerLimits(configuration.chat)) : nil
        shared = NodeShared(
            configuration: configuration, logger: logger, loops: threads, accounts: accounts, messages: messages, pool: pool,
            tokens: tokens,
            keeper: keeper, descriptors: descriptors, cluster: cluster, tls: tls,
            tracing: options.tracer.map { NodeTracing(tracer: $0, share: configuration.tracing.sample) })
        refresher = AccountRefresher(store: accounts, pool: pool) { error in
            if let error {
                logger.error("accounts cannot be read, logins by password are told to try again: \(error)")
            } else {
                logger.notice("accounts can be read again")
            }
        }
        let shared = shared
        loops = try (0..<threads).map { index in
            NodeLoop(
                loop: try EventLoop(index: index, name: "loop-\(index)", limits: NodeLoop.connectionLimits(configuration.chat)),
                shared: shared, scriptless: options.scriptless)
        }
        generations = Generations(
            loops: loops, shared: shared, source: source ?? ConfigurationSource(file: nil) { configuration },
            pushed: try PushedRules(dataDirectory: configuration.node.dataDirectory))
        let generations = generations
        let rollOut = RulesRollOut(generations, name: configuration.node.name, logger: logger)
        self.rollOut = rollOut
        guards = PluginGuards(loops, policy: GuardPolicy(), logger: logger) { [weak generations] number, reason, failed in
            generations?.rollBack(number, since: reason, failed: failed) ?? false
        }
        for owner in loops { owner.guards = guards }
        try generations.begin(configuration.plugins)
        guards.begin(1)
        Self.connect(loops)
        let owners = loops
        clusterServices = try cluster.map {
            try ClusterServices(configuration.cluster, cluster: $0, shared: shared, owners: owners, rules: rollOut, logger: logger)
        }
        memoryWatch = Self.memoryWatch(shared, clusterServices)
    }

    private static func connect(_ loops: [NodeLoop]) {
        for source in loops {
            source.links = loops.map { target in
                target === source ? nil : LoopLink(from: source.loop, to: target.loop, delegate: target)
            }
        }
    }

    /// Binds the listeners and starts the loops; nobody is let in before `serve`.
    /// - Throws: `DoorError` that names listener and address; `ReactorError`.
    public func start() throws {
        let chat = shared.configuration.chat
        let owners = loops
        let bound = try DoorError.naming("chat") {
            try Listener(
                spreadingOver: loops.map(\.loop), host: chat.host, port: chat.port, filter: shared.tls["chat"]?.source
            ) { connection in
                owners[connection.loop.index].adopted(connection)
            }
        }
        let logger = shared.logger
        bound.exhausted = { logger.warning("accepting pauses: \($0)") }
        let kept = BoundListener(listener: bound)
        listener.withLock { $0 = kept }
        let webSocket = try listenForWebSockets()
        webSocketPort.withLock { $0 = webSocket }
        let plugins = generations.current?.checked.plugins ?? []
        for owner in loops {
            try owner.loop.start()
            owner.loop.execute { owner.begin(plugins) }
        }
        generations.started(watches: shared.configuration.plugins.watch)
        memoryWatch?.begin()
        let task = followActivity()
        following.withLock { $0 = task }
        if let clusterServices { try join(clusterServices, chatPort: bound.port, webSocketPort: webSocket?.listener.port) }
    }

    /// Lets clients in; in a cluster once the node is registered, for as long as that takes.
    /// - Returns: false when the node was stopped meanwhile.
    @discardableResult
    public func serve() async -> Bool {
        if let clusterServices { await clusterServices.registered() }
        if let ids = shared.redisIDs, !(await ids.prepare()) { shared.logger.warning("ids.generator is redis: \(ids.problem)") }
        guard !shared.draining.load(ordering: .relaxed), let kept = listener.withLock({ $0 }) else { return false }
        startedAt.store(DispatchTime.now().uptimeNanoseconds, ordering: .relaxed)
        let logger = shared.logger
        let webSocket = webSocketPort.withLock { $0 }
        loops[0].loop.execute {
            do {
                try kept.listener.open()
                try webSocket?.listener.open()
            } catch { logger.critical("\(error)") }
        }
        return true
    }

    /// Where chat is listened on; port 0 before `start`.
    public var chatAddress: (host: String, port: Int) {
        (shared.configuration.chat.host, listener.withLock { $0?.listener.port } ?? 0)
    }

    /// Where WebSockets are listened on; nil where they are not, and before `start`.
    public var webSocketAddress: (host: String, port: Int)? {
        webSocketPort.withLock { $0?.listener.port }.map { (shared.configuration.websocket.host, $0) }
    }

    /// Where other nodes are listened for; nil on a node that stands alone.
    public var peerAddress: (host: String, port: Int)? {
        peerListener.map { (shared.configuration.cluster.peer.host, $0.listener.port) }
    }

    /// Whether clients have been let in. In a cluster that is once the node is registered.
    var serves: Bool { startedAt.load(ordering: .relaxed) != 0 }

    var uptimeSeconds: Double {
        let started = startedAt.load(ordering: .relaxed)
        return started == 0 ? 0 : Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
    }

    /// New connections are refused from now on.
    func closeListener() {
        let bound = listener.withLock { $0 }
        let webSocket = webSocketPort.withLock { $0 }
        loops[0].loop.execute {
            bound?.listener.close()
            webSocket?.listener.close()
        }
    }

    /// Takes no new logins, sends what waits, closes all connections and ends the loops. Returns when they have ended. `leave` before it
    /// does the same at a pace that clients and the other nodes can take.
    public func stop() async {
        shared.draining.store(true, ordering: .relaxed)
        following.withLock { $0?.cancel() }
        closeListener()
        if let clusterServices { await quit(clusterServices) }
        memoryWatch?.end()
        for owner in loops { owner.loop.stop() }
        await shared.http.shutDown()
        await shared.redis.shutDown()
        let loops = loops
        let pool = shared.pool
        let generations = generations
        let keeper = shared.keeper
        let messages = shared.messages
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Thread.detached(named: "node-stop") {
                for owner in loops { owner.loop.join() }
                generations.end()
                pool.shutDown()
                messages.shutDown()
                keeper.end()
                done.resume()
            }
        }
    }
}
