import Logging
import Measures
import Reactor
import RedisClient

/// The routes in Redis: writes those of this node's sessions, looks up others', and learns what changed.
///
/// Nothing waits for Redis but look-ups. What could not be written is written later; when Redis was away, everything is written again.
/// Loop-only, on the client's loop.
public final class RouteStore: @unchecked Sendable {
    // @unchecked: of one loop; others only carry it there.
    public struct Counts: Sendable {
        public var lookUps = 0
        public var failures = 0
        public var invalidations = 0
        public var written = 0
        /// Changes that wait for Redis.
        public var waiting = 0
        /// Fields that should not have been there and were removed: of dead nodes, and of sessions that have ended.
        public var swept = 0
        /// How long Redis took to answer.
        public var took = DurationHistogram()

        public init() {}
    }

    /// This node, and the nodes there are.
    public struct Standing: Sendable {
        public var own: NodeID
        public var alive: [NodeID]
        public var highest: NodeID
        /// ",1,2,": what the scripts read.
        let aliveText: String

        public init(own: NodeID, alive: [NodeID], highest: NodeID) {
            self.own = own
            self.alive = alive
            self.highest = highest
            aliveText = alive.reduce(into: ",") { $0 += "\($1)," }
        }
    }

    private enum Change {
        case add(LocalRoute)
        case remove(uid: String)
    }

    public typealias Answer = @Sendable ([RemoteSession]?) -> Void

    public let redis: RedisClient
    private let loop: EventLoop
    private let routes: RemoteRoutes
    private let logger: Logger
    private let standing: () -> Standing
    /// Whether a session is still there.
    private let isOpen: (_ id: String) -> Bool
    private var waiting: [String: Change] = [:]
    private var asked: [String: LookUp] = [:]
    private var mayBeStale = false
    private var flushes = false
    public private(set) var counts = Counts()
    /// Redis is there (again): every local session has to be written. Loop-only.
    public var onReturn: (() -> Void)?
    public private(set) var isConnected = false
    public private(set) var lastError: String?

    private final class LookUp {
        var answers: [Answer] = []
        /// Something changed while it was asked: the answer is no knowledge.
        var isStale = false
    }

    /// Changes kept while Redis is away; beyond, a session's end is left to the sweep.
    private static let mostWaiting = 1 << 20
    private static let batch = 2000

    /// - Parameter redis: not started yet; with `tracking` and `scripts` as `configure` sets them.
    public init(
        redis: RedisClient, routes: RemoteRoutes, logger: Logger, standing: @escaping () -> Standing, isOpen: @escaping (String) -> Bool
    ) {
        self.redis = redis
        self.routes = routes
        self.logger = logger
        self.standing = standing
        self.isOpen = isOpen
        loop = redis.loop
        redis.onState = { [weak self] in self?.changed($0) }
        redis.onInvalidation = { [weak self] in self?.invalidated($0) }
    }

    /// What the client has to be configured with.
    public static func configure(_ configuration: inout RedisConfiguration) {
        configuration.tracking = RedisTracking(.keysRead)
        configuration.scripts = RouteScripts.all
    }

    // MARK: This node's sessions

    public func add(_ route: LocalRoute) {
        // It is asked anew who else there is: an answer from before this session must not count.
        routes.forget(route.uid)
        asked[route.uid]?.isStale = true
        waiting[route.id] = nil
        write(.add(route), route.id)
    }

    public func remove(uid: String, id: String) {
        waiting[id] = nil
        write(.remove(uid: uid), id)
    }

    private func write(_ change: Change, _ id: String) {
        let standing = self.standing()
        guard standing.own != .none, redis.isConnected else { return wait(change, id) }
        let begun = loop.now
        let reply: RedisReply = { [self] result in
            counts.took.add(nanoseconds: loop.now &- begun)
            switch result {
            case .success: counts.written += 1
            case .failure(let error):
                failed(error)
                if waiting[id] == nil { wait(change, id) }
            }
        }
        switch change {
        case .add(let route):
            redis.evaluate(
                RouteScripts.add, keys: [RouteEntry.key(route.uid)],
                arguments: [route.id, RouteEntry(node: standing.own, route).json, standing.aliveText, standing.highest.rawValue],
                reply: reply)
        case .remove(let uid):
            redis.send(RedisCommand("HDEL", RouteEntry.key(uid), id), reply: reply)
        }
    }

    private func wait(_ change: Change, _ id: String) {
        guard waiting.count < Self.mostWaiting else { return }
        waiting[id] = change
        counts.waiting = waiting.count
        scheduleFlush()
    }

    private func scheduleFlush() {
        if flushes { return }
        flushes = true
        _ = loop.scheduleTimer(afterMilliseconds: 200, Flush(self))
    }

    private final class Flush: TimerTarget {
        let store: RouteStore
        init(_ store: RouteStore) { self.store = store }
        func timerFired(tag: UInt32, loop: EventLoop) { store.flush() }
    }

    private func flush() {
        flushes = false
        if redis.isConnected, standing().own != .none {
            for (id, change) in waiting.prefix(Self.batch) {
                waiting[id] = nil
                // A session that has ended meanwhile is not brought back; its end may be what this change has outlived.
                if case .add(let route) = change, !isOpen(id) { write(.remove(uid: route.uid), id) } else { write(change, id) }
            }
        }
        counts.waiting = waiting.count
        if !waiting.isEmpty { scheduleFlush() }
    }

    // MARK: Looking up

    /// Asks where a user has sessions besides here. Calls `answer` once, now or later; with nil when Redis does not say.
    public func lookUp(_ uid: String, _ answer: @escaping Answer) {
        if let known = routes.sessions(of: uid) { return answer(known) }
        if let lookUp = asked[uid] {
            // One that began before a change is answered with another look.
            if !lookUp.isStale { return lookUp.answers.append(answer) }
        }
        guard redis.isConnected else { return answer(nil) }
        let lookUp = LookUp()
        lookUp.answers = [answer]
        asked[uid] = lookUp
        counts.lookUps += 1
        let begun = loop.now
        redis.send(RedisCommand("HGETALL", RouteEntry.key(uid))) { [self] result in
            counts.took.add(nanoseconds: loop.now &- begun)
            if asked[uid] === lookUp { asked[uid] = nil }
            switch result {
            case .success(let value):
                let sessions = Self.sessions(of: uid, value, not: standing().own)
                if !lookUp.isStale, redis.isTracking { routes.store(uid, sessions) }
                for answer in lookUp.answers { answer(sessions) }
            case .failure(let error):
                failed(error)
                for answer in lookUp.answers { answer(nil) }
            }
        }
    }

    /// A node says that a user has no session there, though the route led to it. By now the user may be back there, and what Redis says was
    /// read after that: so it is asked again, where it can be.
    public func isGone(_ uid: String, from node: NodeID) {
        if redis.isConnected {
            routes.forget(uid)
        } else {
            routes.forget(uid, on: node)
        }
    }

    private static func sessions(of uid: String, _ value: RESPValue, not own: NodeID) -> [RemoteSession] {
        (value.pairs ?? []).compactMap { pair in
            guard let id = pair.key.text, let json = pair.value.bytes, let entry = RouteEntry(json), NodeID(entry.node) != own else {
                return nil
            }
            return RemoteSession(
                id: id, uid: uid, node: NodeID(entry.node), device: entry.device ?? "", platform: entry.platform ?? 0,
                since: entry.since ?? 0)
        }
    }

    private func invalidated(_ what: RedisInvalidation) {
        switch what {
        case .keys(let keys):
            for key in keys {
                guard let uid = RouteEntry.uid(ofKey: key) else { continue }
                counts.invalidations += 1
                routes.forget(uid)
                asked[uid]?.isStale = true
            }
        case .everything:
            // A lost connection says so too; then what is known stays good enough until Redis is back.
            mayBeStale = true
            loop.execute { [self] in if redis.isConnected { forgetIfStale() } }
        }
    }

    private func forgetIfStale() {
        guard mayBeStale else { return }
        mayBeStale = false
        routes.forgetAll()
        for lookUp in asked.values { lookUp.isStale = true }
    }

    // MARK: Redis comes and goes

    private func changed(_ state: RedisState) {
        switch state {
        case .connecting: break
        case .connected:
            forgetIfStale()
            let isNew = !isConnected
            isConnected = redis.isConnected
            lastError = nil
            if isNew {
                onReturn?()
                // It may be another server, or an older state of this one.
                _ = loop.scheduleTimer(afterMilliseconds: 1000 + Int.random(in: 0...500), Sweep(self))
            }
        case .disconnected(_, let error):
            isConnected = redis.isConnected
            lastError = "\(error)"
        }
    }

    private func failed(_ error: RedisError) {
        counts.failures += 1
        lastError = "\(error)"
    }

    // MARK: What should not be there

    /// Removes the routes of nodes that are gone, for all users, and those of sessions of this node that have ended; some at a time. One sweep
    /// after the other.
    public func sweep() {
        guard !sweeps else { return sweepsAgain = true }
        sweeps = true
        redis.scan(match: RouteEntry.keyPrefix + "*") { [self] keys in
            for key in keys { sweep(key) }
        } done: { [self] error in
            sweepEnded(failed: error != nil)
        }
    }

    private var sweeps = false
    private var sweepsAgain = false

    private func sweep(_ key: [UInt8]) {
        guard let uid = RouteEntry.uid(ofKey: key) else { return }
        let standing = self.standing()
        redis.evaluate(
            RouteScripts.sweep, keys: [key], arguments: [standing.aliveText, standing.highest.rawValue, standing.own.rawValue]
        ) { [self] result in
            guard case .success(let value) = result, let found = value.array, let gone = found.first?.int else { return }
            counts.swept += gone
            // Ends of own sessions that Redis has lost, with a master whose replica was behind.
            for case let id? in found.dropFirst().map(\.text) where !isOpen(id) {
                counts.swept += 1
                remove(uid: uid, id: id)
            }
        }
    }

    private func sweepEnded(failed: Bool) {
        sweeps = false
        guard sweepsAgain || failed else { return }
        sweepsAgain = false
        _ = loop.scheduleTimer(afterMilliseconds: 2000, Sweep(self))
    }

    private final class Sweep: TimerTarget {
        let store: RouteStore
        init(_ store: RouteStore) { self.store = store }
        func timerFired(tag: UInt32, loop: EventLoop) { store.sweep() }
    }
}
