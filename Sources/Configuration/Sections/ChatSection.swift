/// The TCP listener of chat clients. Keys and defaults: docs/configuration.md.
public struct ChatSection: Sendable, Hashable {
    public var host: String
    /// 0: any free port.
    public var port: Int
    /// Event loops; 0: one a core.
    public var threads: Int
    public var readIdleSeconds: Int
    public var loginTimeoutSeconds: Int
    public var maxFrameBytes: Int
    /// Bytes.
    public var writeBufferHigh: Int
    public var slowConsumerSeconds: Int
    /// How long devices have to take a message before its sender is told that none did.
    public var receiptSeconds: Int
    /// 0: no limit.
    public var maxConnections: Int
    /// Sessions closed a second while the node drains; 0: all at once.
    public var drainPerSecond: Int
    public var drainSeconds: Int

    init(_ values: ResolvedConfiguration) throws {
        host = try values.string("chat.host")
        port = try values.integer("chat.port")
        threads = try values.integer("chat.threads")
        readIdleSeconds = try values.integer("chat.read_idle_seconds")
        loginTimeoutSeconds = try values.integer("chat.login_timeout_seconds")
        maxFrameBytes = try values.integer("chat.max_frame_bytes")
        writeBufferHigh = try values.integer("chat.write_buffer_high")
        slowConsumerSeconds = try values.integer("chat.slow_consumer_seconds")
        receiptSeconds = try values.integer("chat.receipt_seconds")
        maxConnections = try values.integer("chat.max_connections")
        drainPerSecond = try values.integer("chat.drain_per_second")
        drainSeconds = try values.integer("chat.drain_seconds")
    }
}
