import Foundation
import Messaging
import Node
import PluginHost
import Storage

/// A node in one thread and in memory: real plugins on real Lua states, with clients, a store and a clock that a test moves.
///
/// It answers as a node does (Sources/Node/Loop); what differs: no bytes on a network, so nothing is slow, and nobody is idle.
///
/// Threads: one, from its making to its end.
final class VirtualNode {
    let setup: NodeSetup
    let clock: VirtualClock
    let routes = RouteTable()
    let dictionary = SharedDictionary()
    let ids = SnowflakeGenerator(worker: 0)
    let addresses = AddressLimits(connections: 0, failedLoginsPerMinute: 60)
    let accounts = MemoryAccountStore(hasher: PasswordHasher(cost: .trivial))
    let messages = MemoryMessageStore()
    let metrics = PluginMetrics()
    let redis = MemoryRedis()
    let tokens = MemoryTokens()
    let openDirectory: Bool
    private(set) var loops: [VirtualLoop] = []
    private(set) var generation: UInt64
    private(set) var checked: PluginLoader.Checked?
    /// By generation, as long as it may have handlers that wait.
    private var workers: [UInt64: VirtualWorker] = [:]
    private(set) var sessionCount = 0
    private var connections: [VirtualConnection] = []

    /// Answers hpush.http: gets the request, gives the call's results.
    var http: ((LuaValue) throws -> [LuaValue])?
    /// Called for each line that plugins or the node log.
    var logged: ((NodeLogLine) -> Void)?
    private(set) var logs: [NodeLogLine] = []
    /// Called between two steps; throws to end what takes too long.
    var checkpoint: () throws -> Void = {}
    /// For replays: what chains do to connections is written down and not done, and the world outside is what was recorded.
    let isReplay: Bool
    /// For replays: what sessions were called, by handle.
    var sessionIDs: [SessionHandle: String] = [:]

    /// Work for the loops' next turn.
    private var ready: [() -> Void] = []
    private var firstReady = 0

    /// One turn's most pieces of work: functions that spawn each other without end would keep a test from going on.
    private static let mostWork = 10_000

    /// - Throws: `PluginFailure` when the plugins can't be loaded.
    init(_ setup: NodeSetup, isReplay: Bool = false) throws {
        self.setup = setup
        self.isReplay = isReplay
        clock = VirtualClock(unix: setup.time)
        openDirectory = setup.openDirectory
        generation = setup.generation
        loops = (0..<max(setup.loops, 1)).map { VirtualLoop(self, index: $0) }
        let (checked, states) = try load(setup.pipeline)
        self.checked = checked
        for (loop, state) in zip(loops, states) { loop.install(state) }
        for loop in loops { loop.begin(checked) }
        try settle()
    }

    private func load(_ pipeline: [PluginLoader.Entry]) throws -> (PluginLoader.Checked, [PluginState]) {
        let loader = PluginLoader(limits: setup.limits, time: clock.time)
        let checked = try loader.check(
            pipeline, bundles: setup.bundles, directory: setup.directory, functions: VirtualHost.functions, services: loops[0])
        let states = try loops.map { loop in
            let state = try loader.makeState(checked, functions: VirtualHost.functions, services: loop, generation: generation)
            try state.initialise()
            return state
        }
        workers[generation] = VirtualWorker(checked, loader, generation: generation, loop: loops[0])
        return (checked, states)
    }

    // MARK: Time and turns

    func execute(_ work: @escaping () -> Void) { ready.append(work) }

    /// Lets the loops do all that is at hand, without any time passing.
    func settle() throws {
        var count = 0
        while firstReady < ready.count, count < Self.mostWork {
            let work = ready[firstReady]
            firstReady += 1
            count += 1
            work()
            if count % 64 == 0 { try checkpoint() }
        }
        ready.removeFirst(firstReady)
        firstReady = 0
        try checkpoint()
    }

    /// Moves the clock on: timers and sleeps fire in order. Seconds.
    func advance(_ seconds: Double) throws {
        try advance(until: clock.nanoseconds + UInt64(max(0, seconds) * 1e9)) { false }
    }

    /// Moves the clock on until a condition holds, for so many seconds at most; whether it holds.
    func advance(atMost seconds: Double, until condition: () -> Bool) throws -> Bool {
        if condition() { return true }
        try advance(until: clock.nanoseconds + UInt64(seconds * 1e9), condition)
        return condition()
    }

    private func advance(until end: UInt64, _ condition: () -> Bool) throws {
        try settle()
        while !condition(), let timer = clock.next(until: end) {
            showTime()
            timer.action()
            try settle()
        }
        showTime()
    }

    /// Moves the clock to a monotonic time without stopping at timers before it, but running those that are due.
    func advance(toNanoseconds end: UInt64) throws {
        if end > clock.nanoseconds { try advance(until: end) { false } }
    }

    /// Ends all executions that wait.
    func endWaits() throws {
        for loop in loops { loop.endWaits() }
        try settle()
    }

    func setUnix(_ unix: Double) {
        clock.setUnix(unix)
        showTime()
    }

    private func showTime() {
        for loop in loops { loop.showTime(clock.time) }
    }

    // MARK: Connections and sessions

    func connect(remote: String, loop: Int = 0) -> VirtualConnection {
        let connection = VirtualConnection(loops[loop % loops.count], remote: remote)
        connections.append(connection)
        return connection
    }

    func forget(_ connection: VirtualConnection) { connections.removeAll { $0 === connection } }

    func find(_ handle: SessionHandle) -> Session? { handle.loop < loops.count ? loops[handle.loop].slots.find(handle) : nil }

    func id(of session: Session) -> String { sessionIDs[session.handle] ?? session.id.description }

    func find(id text: String) -> Session? {
        if isReplay, let handle = sessionIDs.first(where: { $0.value == text })?.key { return find(handle) }
        guard let id = SessionID(text), let session = find(id.handle), session.id == id else { return nil }
        return session
    }

    func opened(_ session: Session) {
        routes.add(session)
        sessionCount += 1
    }

    func ended(_ session: Session) {
        if routes.remove(session) { sessionCount -= 1 }
    }

    func workers(of generation: UInt64) -> VirtualWorker? { workers[generation] }

    // MARK: Logs

    func log(_ line: NodeLogLine) {
        logs.append(line)
        logged?(line)
    }

    // MARK: Reload

    /// Loads a new generation from the same files with other settings, hands each loop's state over and switches; or changes nothing.
    /// - Throws: `PluginFailure`.
    func reload(_ pipeline: [PluginLoader.Entry]) throws {
        generation += 1
        do {
            let (next, states) = try load(pipeline)
            for (loop, state) in zip(loops, states) { try loop.handOver(to: state, of: next, from: checked) }
            for (loop, state) in zip(loops, states) { loop.install(state) }
            for loop in loops { loop.begin(next) }
            checked = next
        } catch {
            generation -= 1
            throw error
        }
        try settle()
    }
}
