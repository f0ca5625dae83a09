import HPushConfiguration

/// What the admin listener and the commands need of a node. `Node` implements it; tests may use another.
///
/// All members may be called from any thread; none blocks an event loop for longer than a message does.
public protocol NodeControl: AnyObject, Sendable {
    /// Whether it takes logins.
    var isReady: Bool { get }
    func status() async -> NodeStatus
    /// A user's sessions on this node, oldest first.
    func sessions(of user: String) async -> [SessionInfo]
    /// Ends a session. False if there is no such session.
    func closeSession(id: String, reason: String) async -> Bool
    func plugins() async -> PluginListing
    /// Loads the plugins anew. Returns when every loop has switched.
    /// - Throws: when nothing was changed; it says why.
    func reloadPlugins(_ trigger: ReloadTrigger) async throws(ReloadFailure) -> ReloadAnswer
    /// Brings the generation before back, as a new one.
    func rollBackPlugins() async throws(ReloadFailure) -> ReloadAnswer
    /// Has this node, and all others of its cluster, run other rules from now on. Returns when all have said what became of it, or did not in time.
    /// - Throws: when nothing was changed here, and so nowhere.
    func pushPlugins(_ push: RulesPush) async throws(ReloadFailure) -> RulesPushAnswer
    /// Shows a user's messages as they pass the handlers, until the tap is ended.
    /// - Throws: when too many do already.
    func trace(_ request: TraceRequest) async throws(TapFailure) -> Tap<TraceEvent>
    /// Records what comes into the pipeline and what the rules make of it: lines of a recording (docs/recording.md).
    /// - Throws: when one runs already.
    func record(_ request: RecordRequest) async throws(TapFailure) -> Tap<[UInt8]>
    /// Runs a candidate beside the rules in force, without effects, and tells what it does otherwise. `summary` is for when it has ended.
    /// - Throws: when one runs already, or the candidate can't be loaded.
    func shadow(_ request: ShadowRequest) async throws(TapFailure) -> (tap: Tap<ShadowDifference>, summary: @Sendable () -> ShadowSummary)
    /// What the dashboard shows; of the last minutes the points after a number.
    func dashboard(after number: UInt64) async -> DashboardAnswer
    /// Prometheus text format 0.0.4.
    func metrics() async -> String
    /// Takes no new logins from now on; then the sessions are closed and the process ends. Returns at once.
    func drain() async
    /// Brings a message to all sessions of its recipient, past the pipeline.
    func push(_ message: PushMessage) async throws(PushFailure) -> PushAnswer
    /// - Parameter json: the notification's `json`.
    func notify(_ audience: NoticeAudience, json: String) async throws(PushFailure) -> NoticeAnswer
    /// Longest message the node takes.
    var mostMessageBytes: Int { get }
    /// As the node was started with.
    var configuration: NodeConfiguration { get }
}
