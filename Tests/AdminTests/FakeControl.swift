import HPushConfiguration
import Synchronization

@testable import Node

/// A node of two sessions, for the listener's tests.
final class FakeControl: NodeControl {
    private struct State {
        var isReady = true
        var sessions = ["s1", "s 2"]
        var pushed: [PushMessage] = []
        var notices: [String] = []
    }

    private let state = Mutex(State())

    var isReady: Bool { state.withLock { $0.isReady } }

    func status() async -> NodeStatus {
        NodeStatus(
            name: "test", version: "1", state: .ready, uptimeSeconds: 1.5, listeners: [.init(name: "chat", address: "127.0.0.1:7000")],
            loops: 1, connections: 3, sessions: 2, users: 1, generation: 1, messagesReceived: 4, messagesDelivered: 5, messagesRefused: 6,
            residentBytes: 7)
    }

    func sessions(of user: String) async -> [SessionInfo] {
        guard user == "alice" else { return [] }
        return state.withLock(\.sessions).map {
            SessionInfo(id: $0, user: user, device: "phone", platform: 1, remote: "127.0.0.1:9", node: "0", since: 2)
        }
    }

    func closeSession(id: String, reason: String) async -> Bool {
        state.withLock { state in
            let count = state.sessions.count
            state.sessions.removeAll { $0 == id }
            return state.sessions.count < count
        }
    }

    func plugins() async -> PluginListing {
        let handler = HandlerInfo(
            name: "inbound.login_request", calls: 1, errors: 0, budgetKills: 0, timedCalls: 1, timedSeconds: 5e-7, timeBuckets: [],
            p50Microseconds: 0.5,
            p99Microseconds: nil,
            allocatedBytes: 0)
        let login = PluginInfo(name: "login", version: "1.0.0", file: "login/init.lua", needs: ["store"], handlers: [handler])
        return PluginListing(
            generation: 1, rulesOf: 1, since: 3, filesDiffer: false, rollbacks: 0, waiting: 0, finishing: [], plugins: [login])
    }

    func reloadPlugins(_ trigger: ReloadTrigger) async throws(ReloadFailure) -> ReloadAnswer {
        ReloadAnswer(generation: 2, rulesOf: 2, previous: 1, loops: [], needsRestart: ["chat.port"])
    }

    func pushPlugins(_ push: RulesPush) async throws(ReloadFailure) -> RulesPushAnswer {
        RulesPushAnswer(
            reload: ReloadAnswer(generation: 2, rulesOf: 2, previous: 1, loops: [], needsRestart: []), bundle: "b",
            nodes: [.init(id: 7, name: "n", generation: 2, error: nil)])
    }

    func rollBackPlugins() async throws(ReloadFailure) -> ReloadAnswer {
        var failure = ReloadFailure(.nothingToRollBack, "there is nothing before")
        failure.generation = 1
        throw failure
    }

    func trace(_ request: TraceRequest) async throws(TapFailure) -> Tap<TraceEvent> {
        if request.user == "busy" { throw TapFailure(.busy, "4 traces run already") }
        let feed = Feed<TraceEvent>(mostItems: 1, mostBytes: 1000)
        for _ in 0..<3 {
            let event = TraceEvent(
                event: .handler, time: 1, node: "test", loop: 0, generation: 1, user: request.user, session: "s1", direction: "in",
                type: "message_request", sequence: 7)
            feed.put(event, bytes: 10)
        }
        feed.close()
        return Tap(feed) {}
    }

    func record(_ request: RecordRequest) async throws(TapFailure) -> Tap<[UInt8]> {
        let feed = Feed<[UInt8]>(mostItems: 10, mostBytes: 1000)
        feed.put(Array("{\"user\":\"\(request.sample.user ?? "all")\",\"one_in\":\(request.sample.oneIn)}\n".utf8), bytes: 10)
        feed.close()
        return Tap(feed) {}
    }

    func shadow(_ request: ShadowRequest) async throws(TapFailure)
        -> (tap: Tap<ShadowDifference>, summary: @Sendable () -> ShadowSummary)
    {
        throw TapFailure(.badPlugin, "\(request.directory) has none of the plugins login")
    }

    func dashboard(after number: UInt64) async -> DashboardAnswer {
        DashboardAnswer(
            time: 10, status: await status(), plugins: await plugins(), generations: [.init(number: 1, rulesOf: 1, since: 3)],
            changes: [], errors: [], outcomes: [Outcome(kind: .login, name: "accepted", recent: 1, total: number)], loops: [], points: [])
    }

    func metrics() async -> String { "# TYPE hpush_sessions gauge\nhpush_sessions 2\n" }

    func push(_ message: PushMessage) async throws(PushFailure) -> PushAnswer {
        state.withLock { $0.pushed.append(message) }
        switch message.recipient {
        case .user("amy"): return PushAnswer(sessions: 2, serverId: "77")
        case .user("away"): throw PushFailure(.notReachable, "the user has no session")
        case .user("full"): throw PushFailure(.unavailable, "the user's sessions take no more at present")
        case .user: throw PushFailure(.noSuchUser, "there is no such user")
        case .group: throw PushFailure(.noSuchGroup, "there is no such group")
        }
    }

    func notify(_ audience: NoticeAudience, json: String) async throws(PushFailure) -> NoticeAnswer {
        state.withLock { $0.notices.append("\(audience == .everybody ? "all" : "one") \(json)") }
        return NoticeAnswer(sessions: 1)
    }

    let mostMessageBytes = 1000
    let configuration: NodeConfiguration

    init() throws {
        configuration = try NodeConfiguration.load(
            file: nil, options: ["admin.token=hush", "plugins.pipeline=[login: {mode: open, api_key: hush}]"], environment: [:])
    }

    var pushed: [PushMessage] { state.withLock(\.pushed) }
    var notices: [String] { state.withLock(\.notices) }

    func drain() async { state.withLock { $0.isReady = false } }
}
