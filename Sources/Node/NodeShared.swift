import Dispatch
import Foundation
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

/// What all loops of a node share. Everything in it may be used from any thread.
final class NodeShared: Sendable {
    let configuration: NodeConfiguration
    let logger: Logger
    let routes = RouteTable()
    let slots: [SessionSlots]
    let dictionary = SharedDictionary()
    let keeper: IDKeeper
    let ids: SnowflakeGenerator
    let addresses: AddressLimits
    let backOff: LoginBackOff
    /// Connections at most; 0: no limit.
    let mostConnections: Int
    /// Whether the memory is used up: nobody is let in then.
    let memoryUsedUp = Atomic<Bool>(false)
    let remembered: RememberedMessages
    /// What devices of this node got, for messages that come again by way of other nodes; keeps nothing on a node that stands alone.
    let delivered: DeliveredMessages
    let messageSecret: MessageName.Secret
    let accounts: any AccountStore
    let messages: MessageService
    let pool: BlockingPool
    let tokens: TokenKeys
    let tls: TLSDoors
    /// nil on a node that stands alone.
    let cluster: NodeCluster?
    let pluginMetrics = PluginMetrics()
    let pluginErrors = PluginErrors()
    let ruleChanges = RuleChanges()
    let http = PluginHTTP()
    let redis: NodeRedis
    /// nil where nobody wants traces.
    let tracing: NodeTracing?
    /// nil unless `ids.generator` is redis.
    let redisIDs: RedisIDs?
    /// Whether every uid counts as a user: logins that do not ask the account store. As the generation in force has it.
    let openDirectory = Atomic<Bool>(true)
    /// Lua states of generations that are not in force any more and still have something to finish.
    let oldStates = Atomic<Int>(0)
    /// Lines of scripts that run on no loop: while they load, in `init`.
    let loadingLog = Mutex(LogLimiter(perSecond: 100))
    let connections = Atomic<Int>(0)
    let sessions = Atomic<Int>(0)
    /// Connections by WebSocket after their handshake; `connections` has them, too.
    let webSockets = Atomic<Int>(0)
    /// Numbers of chains of which notes are taken.
    let noteNumbers = Atomic<UInt64>(0)
    let draining = Atomic<Bool>(false)
    let started = DispatchTime.now()
    /// Seconds since 1970.
    let startedDate = Date().timeIntervalSince1970

    init(
        configuration: NodeConfiguration, logger: Logger, loops: Int, accounts: any AccountStore, messages: MessageService,
        pool: BlockingPool,
        tokens: TokenKeys, keeper: IDKeeper, descriptors: Int, cluster: NodeCluster? = nil, tls: TLSDoors = TLSDoors(),
        tracing: NodeTracing? = nil
    ) {
        self.configuration = configuration
        self.logger = logger
        self.accounts = accounts
        self.messages = messages
        self.pool = pool
        self.tokens = tokens
        self.tls = tls
        self.cluster = cluster
        self.tracing = tracing
        redis = NodeRedis(
            url: configuration.cluster.redisURL.reveal(), name: configuration.node.name, logger: logger, tls: tls[TLSDoors.Name.redis])
        redisIDs = configuration.ids.generator == .redis ? RedisIDs(redis) : nil
        self.keeper = keeper
        ids = keeper.ids
        remembered = RememberedMessages(capacity: configuration.limits.rememberedMessages)
        delivered = DeliveredMessages(capacity: cluster == nil ? 0 : configuration.limits.rememberedMessages)
        messageSecret = cluster?.messageSecret ?? .random()
        slots = (0..<loops).map { SessionSlots(loop: $0) }
        addresses = AddressLimits(
            connections: configuration.limits.connectionsPerAddress,
            failedLoginsPerMinute: configuration.limits.failedLoginsPerMinute)
        backOff = LoginBackOff(failures: configuration.limits.failedLoginsPerUser)
        mostConnections = ConnectionCeiling.most(configured: configuration.chat.maxConnections, descriptors: descriptors)
    }

    /// A number for a message, unique in the cluster; any thread.
    func newServerID() -> UInt64 { ids.next(now: WallClock.milliseconds) }

    /// The session of a handle, wherever its loop; any thread.
    func find(_ handle: SessionHandle) -> Session? {
        handle.loop < slots.count ? slots[handle.loop].find(handle) : nil
    }

    /// The session of an id in text form; any thread.
    func find(id text: String) -> Session? {
        guard let id = SessionID(text), let session = find(id.handle), session.id == id else { return nil }
        return session
    }
}
