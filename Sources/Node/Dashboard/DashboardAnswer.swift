/// All that the dashboard shows, in one answer (`GET /v1/dashboard`).
public struct DashboardAnswer: Codable, Sendable {
    public struct GenerationInfo: Codable, Sendable {
        public var number: UInt64
        public var rulesOf: UInt64
        /// Seconds since 1970.
        public var since: Double
    }

    public struct Loop: Codable, Sendable {
        public var loop: Int
        public var bytesReceived: Int
        public var bytesSent: Int
        public var bytesWaiting: Int
        /// 99 % of its turns since the node began took no longer, in milliseconds.
        public var tickP99: Double?
        /// Handlers that wait.
        public var waitingHandlers: Int
        /// Memory its scripts hold.
        public var scriptBytes: Int
    }

    public struct PluginError: Codable, Sendable {
        public var plugin: String
        public var handler: String?
        /// `error`, `run_budget`, `memory`, `wait`, `busy`
        public var kind: String
        public var generation: UInt64
        public var file: String?
        public var line: Int?
        public var reason: String
        public var count: Int
        /// Seconds since 1970.
        public var first: Double
        public var last: Double
    }

    /// Seconds since 1970, by the node's clock.
    public var time: Double
    public var status: NodeStatus
    public var plugins: PluginListing
    /// The one in force, then those that rollbacks would bring back, in this order.
    public var generations: [GenerationInfo]
    /// The latest first.
    public var changes: [RuleChange]
    /// The latest first.
    public var errors: [PluginError]
    public var outcomes: [Outcome]
    public var loops: [Loop]
    /// Those after the number that was asked for, oldest first.
    public var points: [ActivityPoint]
}
