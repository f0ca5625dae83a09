import Dispatch
import HPushConfiguration
import Logging
import Messaging
import PluginHost
import Reactor
import Storage
import Synchronization

/// What all loops of a node share. Everything in it may be used from any thread.
final class NodeShared: Sendable {
    let configuration: NodeConfiguration
    let logger: Logger
    let routes = RouteTable()
    let slots: [SessionSlots]
    let dictionary = SharedDictionary()
    let ids = SnowflakeGenerator(worker: 0)
    let addresses: AddressLimits
    let accounts: any AccountStore
    let pool: BlockingPool
    let tokens: TokenKeys
    let pluginMetrics = PluginMetrics()
    let http = PluginHTTP()
    /// Whether every uid counts as a user: logins that do not ask the account store.
    let openDirectory: Bool
    let connections = Atomic<Int>(0)
    let sessions = Atomic<Int>(0)
    let draining = Atomic<Bool>(false)
    let started = DispatchTime.now()

    init(configuration: NodeConfiguration, logger: Logger, loops: Int, accounts: any AccountStore, pool: BlockingPool, tokens: TokenKeys) {
        self.configuration = configuration
        self.logger = logger
        self.accounts = accounts
        self.pool = pool
        self.tokens = tokens
        slots = (0..<loops).map { SessionSlots(loop: $0) }
        addresses = AddressLimits(
            connections: configuration.limits.connectionsPerAddress,
            failedLoginsPerMinute: configuration.limits.failedLoginsPerMinute)
        let login = configuration.plugins.pipeline.first { $0.name == "login" }
        openDirectory = login.map { $0.settings["mode"].map { $0 != .string("password") } ?? false } ?? true
    }

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
