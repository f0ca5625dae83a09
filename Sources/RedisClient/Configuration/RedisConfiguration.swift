/// Where Redis is, and how a client deals with it. Times are in milliseconds.
///
///     let configuration = try RedisConfiguration(url: "redis://user:password@10.0.0.5:6379/0")
public struct RedisConfiguration: Sendable, Hashable {
    public var deployment: RedisDeployment
    /// By TLS.
    public var isSecure = false
    /// Nil: the server's default user.
    public var user: String?
    public var password: String?
    /// 0 in a Redis Cluster, always.
    public var database: Int = 0
    /// Shown by `CLIENT LIST`.
    public var clientName: String?
    /// For the sentinels themselves, where they ask for a password.
    public var sentinelUser: String?
    public var sentinelPassword: String?
    /// 3 with a fallback to 2 for old servers, or 2 alone.
    public var protocolVersion: Int = 3
    /// Nil: no client-side caching.
    public var tracking: RedisTracking?
    /// Loaded on each connection before anything else is sent, so that their order among other commands is kept also after a restart.
    public var scripts: [RedisScript] = []

    /// How long a command may take in all, waiting for a connection included.
    public var commandTimeout: Int = 2_000
    /// How long connecting may take, the first exchange of words included.
    public var connectTimeout: Int = 2_000
    /// After so long without a word from the server it is asked for one, and given as long to answer. 0: never.
    public var pingInterval: Int = 5_000
    /// The first pause before connecting again; then twice as long each time, at most `reconnectDelayMost`. Half of it is random.
    public var reconnectDelay: Int = 50
    public var reconnectDelayMost: Int = 2_000
    /// How long `close()` waits for answers under way.
    public var closeTimeout: Int = 1_000

    /// Commands that may wait, sent or not; one more is refused.
    public var queuedCommands: Int = 100_000
    /// Bytes of commands that may wait to be sent.
    public var queuedBytes: Int = 16 << 20
    public var limits = RESPLimits()

    public init(_ deployment: RedisDeployment) { self.deployment = deployment }
}
