/// A node's cluster as it sees it (`GET /v1/status`, `hpush status`).
public struct ClusterStatus: Codable, Sendable {
    /// This node's number; nil while it has none.
    public var node: UInt32?
    /// How the session with ZooKeeper stands.
    public var zookeeper: String
    /// Whether `nodes` is what ZooKeeper says now; else what it said last.
    public var current: Bool
    /// `connected`, or why not.
    public var redis: String
    /// Changes of routes that wait for Redis.
    public var routesWaiting: Int
    /// Users of whom it is known where in the cluster they are.
    public var routesCached: Int
    /// The number ids are made with.
    public var worker: Int
    /// Messages that came from a node with other rules.
    public var mismatches: Int
    public var nodes: [Member]

    public struct Member: Codable, Sendable {
        public var id: UInt32
        public var name: String
        /// Where clients reach it.
        public var address: String
        public var sessions: Int64
        /// `ready`, `draining`, or `silent`: nothing heard for too long.
        public var state: String
        /// `own`, `linked`, `down`, or `none`: it has no peer port.
        public var link: String
    }
}
