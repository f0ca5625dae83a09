import Logging
import Measures
import Reactor
import Synchronization

/// A session with a ZooKeeper ensemble, on an event loop.
///
///     let client = try ZooKeeperClient(loop: loop, configuration: .init(connectString: "127.0.0.1:2181"), logger: logger)
///     client.start()
///     let path = try await client.create("/jobs/job-", data: bytes, mode: .ephemeralSequential)
///     await client.close()
///
/// It keeps the session alive, moves it to another server when one fails, and begins a new one by itself when the old one has expired.
/// Requests are answered in the order in which they were made; those made in one turn of the loop go out together. While there is no
/// connection, requests wait, at most for their timeout; those that were sent when it broke fail with `connectionLoss`.
///
/// Threads: `async` methods, `start`, `state` and `states` are for any thread. Methods with a `completion` are for the loop's thread, and
/// call it there; a request that is refused at once has its completion called before the method returns. Close it before its loop stops.
public final class ZooKeeperClient: @unchecked Sendable {
    public let loop: EventLoop
    public let configuration: ZooKeeperConfiguration
    let logger: Logger
    let chroot: Chroot

    @exclusivity(unchecked) var machine: SessionMachine<PendingRequest>
    @exclusivity(unchecked) var watches = WatchTable()
    @exclusivity(unchecked) var link: ServerLink?
    var connector: Connector?
    /// The server in use or being tried.
    var server: ServerAddress?
    var timer = TimerID.none
    @exclusivity(unchecked) var timerDue = Int.max
    var credentials: [Credential]
    /// Of `addAuth`, for the answers to credentials sent, in order; nil for those sent because of a reconnect.
    var credentialCompletions = EntryQueue<Completion.Of<Void>?>()
    var closers: [() -> Void] = []

    var reported = SessionState.connecting
    var isReporting = false
    var stateHandlers: [(id: Int, handler: (SessionState) -> Void)] = []
    private var lastHandlerID = 0
    let shared = Mutex(SharedState())

    /// Called on the loop at each change of the session's state. Set it before `start()`.
    public var onState: ((SessionState) -> Void)?

    /// - Throws: `.badArguments` when the configuration makes no sense.
    public init(loop: EventLoop, configuration: ZooKeeperConfiguration, logger: Logger) throws(ZooKeeperError) {
        try configuration.validate()
        self.loop = loop
        self.configuration = configuration
        self.logger = logger
        chroot = Chroot(path: configuration.chroot)
        credentials = configuration.credentials
        machine = SessionMachine(
            SessionSettings(
                servers: configuration.servers, sessionTimeout: configuration.sessionTimeoutMilliseconds,
                connectTimeout: configuration.connectTimeoutMilliseconds, closeTimeout: configuration.closeTimeoutMilliseconds,
                maxRequests: configuration.maxRequests, reconnectDelay: configuration.reconnectDelayMilliseconds,
                seed: UInt64.random(in: 0...UInt64.max)))
    }

    /// Begins to connect. Any thread; once.
    public func start() {
        loop.execute { [self] in
            machine.start(now: now)
            pump()
        }
    }

    /// Ends the session: its ephemeral nodes go at once. Requests made before are answered first, those waiting for a connection fail.
    /// Without connection one is tried to be had for it. Returns when a server has confirmed it or `closeTimeoutMilliseconds` are over:
    /// then the nodes go with the session's timeout. Any thread.
    public func close() async {
        await withCheckedContinuation { continuation in
            if !loop.execute({ [self] in close { continuation.resume() } }) { continuation.resume() }
        }
    }

    /// The same on the loop.
    public func close(completion: @escaping () -> Void) {
        loop.assertInLoop()
        closers.append(completion)
        beginClosing()
    }

    // MARK: - State

    /// Where the session stands. Any thread.
    public var state: SessionState { shared.withLock { $0.state } }

    /// The state now and each change from now on; ends with `closed` or `authenticationFailed`. Any thread.
    public func states() -> AsyncStream<SessionState> { makeStateStream() }

    /// Calls `handler` on the loop at each change. Loop-only.
    ///
    /// - Returns: a number for `removeStateHandler`.
    @discardableResult
    public func addStateHandler(_ handler: @escaping (SessionState) -> Void) -> Int {
        loop.assertInLoop()
        lastHandlerID += 1
        stateHandlers.append((lastHandlerID, handler))
        return lastHandlerID
    }

    public func removeStateHandler(_ id: Int) {
        loop.assertInLoop()
        stateHandlers.removeAll { $0.id == id }
    }

    /// Milliseconds for which the server cannot have ended the session, whatever happened to the connection or to this process since: from
    /// when a request was sent that the server has answered. 0 when it may have. Who acts on something that an ephemeral node stands for
    /// looks here first. Loop-only; looks at the clock.
    public var leaseMilliseconds: Int {
        loop.assertInLoop()
        return machine.lease(now: SessionClock.now)
    }

    /// Requests sent or waiting. Loop-only.
    public var pendingRequests: Int { machine.requestCount }

    /// How long requests took from when they were made to their answers. Loop-only.
    public internal(set) var requestTimes = DurationHistogram()

    /// The loop's time in milliseconds.
    @inline(__always)
    var now: Int { Int(truncatingIfNeeded: loop.now / 1_000_000) }
}
