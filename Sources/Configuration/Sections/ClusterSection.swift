/// How nodes find and reach each other. Keys and defaults: docs/configuration.md.
public struct ClusterSection: Sendable, Hashable {
    public enum Mode: String, Sendable {
        case standalone, zookeeper
    }

    public struct ZooKeeper: Sendable, Hashable {
        /// `HOST:PORT`, at least one.
        public var servers: [String]
        public var root: String
        public var sessionTimeoutMilliseconds: Int
    }

    /// The listener for other nodes.
    public struct Peer: Sendable, Hashable {
        public var host: String
        /// 0: any free port.
        public var port: Int
        /// `HOST:PORT` that others reach it by; empty: its own.
        public var advertise: String
        public var secret: Secret
    }

    public var mode: Mode
    public var zookeeper: ZooKeeper
    /// May carry a password.
    public var redisURL: Secret
    public var peer: Peer

    init(_ values: ResolvedConfiguration) throws {
        mode = try values.choice("cluster.mode")
        zookeeper = ZooKeeper(
            servers: try values.strings("cluster.zookeeper.servers"),
            root: try values.string("cluster.zookeeper.root"),
            sessionTimeoutMilliseconds: try values.integer("cluster.zookeeper.session_timeout_ms"))
        redisURL = try values.secret("cluster.redis.url")
        peer = Peer(
            host: try values.string("cluster.peer.host"),
            port: try values.integer("cluster.peer.port"),
            advertise: try values.string("cluster.peer.advertise"),
            secret: try values.secret("cluster.peer.secret"))
    }
}
