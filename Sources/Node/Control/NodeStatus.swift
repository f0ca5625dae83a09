/// What a node says of itself (`GET /v1/status`, `hpush status`). Numbers are of one moment, loop by loop.
public struct NodeStatus: Codable, Sendable {
    public enum State: String, Codable, Sendable {
        case starting, ready, draining
        /// The memory is used up (`limits.memory_mb`): nobody is let in.
        case full
    }

    public var name: String
    public var version: String
    public var state: State
    /// Seconds since the process began to serve.
    public var uptimeSeconds: Double
    public var listeners: [Listener]
    public var loops: Int
    public var connections: Int
    public var sessions: Int
    public var users: Int
    /// Plugin generation in force.
    public var generation: UInt64
    public var messagesReceived: UInt64
    public var messagesDelivered: UInt64
    public var messagesRefused: UInt64
    /// Bytes the process holds in memory.
    public var residentBytes: UInt64
    /// `limits.memory_mb`; nil where there is no limit.
    public var memoryLimitBytes: UInt64?
    /// nil on a node that stands alone.
    public var cluster: ClusterStatus?

    public var store: Store?

    /// The message store.
    public struct Store: Codable, Sendable {
        /// False while messages cannot be stored; senders are told to try again.
        public var working: Bool
        /// Why not.
        public var failure: String?
        /// Writes that wait for the disk.
        public var waiting: Int
        /// Writes on the disk since the node began.
        public var writes: UInt64

        public init(working: Bool, failure: String?, waiting: Int, writes: UInt64) {
            self.working = working
            self.failure = failure
            self.waiting = waiting
            self.writes = writes
        }
    }

    public struct Listener: Codable, Sendable {
        public var name: String
        public var address: String

        public init(name: String, address: String) {
            self.name = name
            self.address = address
        }
    }
}
