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
        public var tls: PeerTLS
    }

    /// Files (PEM) for links between nodes; all empty: the links are not encrypted.
    public struct PeerTLS: Sendable, Hashable {
        public var certificate: String
        public var key: String
        public var authorities: String

        public var isOn: Bool { !certificate.isEmpty }
    }

    public var mode: Mode
    public var zookeeper: ZooKeeper
    /// May carry a password.
    public var redisURL: Secret
    /// File with the authorities of a Redis by TLS; empty: the system's.
    public var redisAuthorities: String
    public var peer: Peer

    init(_ values: ResolvedConfiguration) throws {
        mode = try values.choice("cluster.mode")
        zookeeper = ZooKeeper(
            servers: try values.strings("cluster.zookeeper.servers"),
            root: try values.string("cluster.zookeeper.root"),
            sessionTimeoutMilliseconds: try values.integer("cluster.zookeeper.session_timeout_ms"))
        redisURL = try values.secret("cluster.redis.url")
        redisAuthorities = try values.string("cluster.redis.ca")
        peer = Peer(
            host: try values.string("cluster.peer.host"),
            port: try values.integer("cluster.peer.port"),
            advertise: try values.string("cluster.peer.advertise"),
            secret: try values.secret("cluster.peer.secret"),
            tls: PeerTLS(
                certificate: try values.string("cluster.peer.tls.certificate"),
                key: try values.string("cluster.peer.tls.key"),
                authorities: try values.string("cluster.peer.tls.ca")))
    }
}
