import Logging
import Reactor

/// A client of Redis on an event loop: one server, a master found by Sentinel, or a Redis Cluster.
///
/// Commands of one tick of the loop are written together; answers come in order. Everything that waits is bounded, and has a time after
/// which it fails: a Redis that is dead or frozen gives errors, never a growing heap. A connection that breaks is made again, with pauses
/// that grow; what was under way then fails with `RedisError.disconnected`, whose `execution` says whether it may have been carried out.
///
/// Threads: what is marked "any thread" may be called anywhere, all else on the loop's thread only (debug builds check). Callbacks come on
/// the loop. From `start()` until `close()` the client is kept alive; close it before its loop stops.
public final class RedisClient: @unchecked Sendable {
    enum Life {
        case new
        case running
        case closing
        case closed
    }

    public let loop: EventLoop
    public let configuration: RedisConfiguration
    /// TLS of a connection to a host; nil: there is none.
    let secure: SecureTransport?
    let logger: Logger

    /// Told of each connection's fate. Set it before `start()`.
    public var onState: ((RedisState) -> Void)?
    /// Told what a cache must forget, where `configuration.tracking` is set: keys that changed, and everything whenever a connection is
    /// lost. Set it before `start()`.
    public var onInvalidation: ((RedisInvalidation) -> Void)?

    @exclusivity(unchecked) var life = Life.new
    @exclusivity(unchecked) var route: RedisRoute?
    @exclusivity(unchecked) var count = RedisCounters()
    private(set) lazy var subscriptions = Subscriptions(self)
    /// Those who wait for the end.
    var endings: [() -> Void] = []
    var endTimer: DeadlineTimer?
    /// The last failure to connect that was written to the log.
    var lastLogged: [RedisAddress: String] = [:]
    private let timeoutNanoseconds: UInt64

    /// Makes what stands between a connection and its socket.
    public typealias SecureTransport = @Sendable (_ host: String) -> any ConnectionFilter

    /// - Parameter secure: TLS, for a configuration with `isSecure`; without it no connection of such a client comes about.
    public init(loop: EventLoop, configuration: RedisConfiguration, logger: Logger, secure: SecureTransport? = nil) {
        self.loop = loop
        self.configuration = configuration
        // Never in the clear instead.
        self.secure = configuration.isSecure ? secure ?? { _ in MissingTransport() } : nil
        self.logger = logger
        timeoutNanoseconds = UInt64(max(configuration.commandTimeout, 1)) * 1_000_000
    }

    /// Begins to connect. Any thread. Commands may be sent at once: they wait for the connection, within their time.
    public func start() { onLoop { $0.begin() } }

    /// Ends the client: what is under way gets `configuration.closeTimeout` for its answer, then everything fails with `RedisError.closed`.
    /// Any thread.
    public func close() async {
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            if !loop.execute({ self.end { done.resume() } }) { done.resume() }
        }
    }

    // MARK: - On the loop

    /// Whether a command sent now goes out at once. In a Redis Cluster: whether all masters are connected. Loop-only.
    public var isConnected: Bool { route?.isConnected ?? false }

    /// Whether the server watches what is read now, so that it may be cached until `onInvalidation`. Look at it when the answer comes:
    /// false means that the answer must not be cached. Loop-only.
    public var isTracking: Bool { route?.isTracking ?? false }

    /// Loop-only.
    public var counters: RedisCounters {
        var copy = count
        copy.inFlight = route?.inFlight ?? 0
        copy.waiting = route?.waiting.count ?? 0
        return copy
    }

    /// Sends a command. Loop-only; `reply` is called later, never from inside this call.
    ///
    /// - Parameter timeout: milliseconds; nil: `configuration.commandTimeout`. Give commands that block at the server more.
    @inline(__always)
    public func send(_ command: RedisCommand, timeout: Int? = nil, reply: @escaping RedisReply) {
        send(command, timeout: timeout, target: .closure(reply))
    }

    /// The same with a receiver that is shared by many commands, and a number to know the command by. Loop-only. The receiver is held.
    @inline(__always)
    public func send(_ command: RedisCommand, timeout: Int? = nil, to receiver: any RedisReplyReceiver, tag: UInt64) {
        send(command, timeout: timeout, target: .receiver(receiver, tag))
    }

    func send(_ command: RedisCommand, timeout: Int?, target: ReplyTarget) {
        loop.assertInLoop()
        guard life == .running, let route else { return refuse(target, notRunning) }
        guard command.count > 0 else { return refuse(target, RedisError(.configuration, "an empty command")) }
        count.commands &+= 1
        route.send(command, target, deadline: deadline(timeout))
    }

    // MARK: - For the rest of the client

    func deadline(_ timeout: Int?) -> UInt64 {
        loop.now &+ (timeout.map { UInt64(max($0, 1)) &* 1_000_000 } ?? timeoutNanoseconds)
    }

    /// Bytes that may wait; the loop closes connections with more than it takes.
    var byteLimit: Int { min(max(configuration.queuedBytes, 1), loop.limits.hardCap / 2) }

    var notRunning: RedisError {
        RedisError(.closed, life == .new ? "the client was not started" : "the client was closed")
    }

    /// Answers later in this tick or in the next one.
    func refuse(_ target: ReplyTarget, _ error: RedisError) {
        nonisolated(unsafe) let target = target
        if !loop.execute({ target(.failure(error)) }) { target(.failure(error)) }
    }

    func onLoop(_ body: @escaping @Sendable (RedisClient) -> Void) {
        if loop.inLoop { body(self) } else { loop.execute { body(self) } }
    }
}
