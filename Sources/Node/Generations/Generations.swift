import Foundation
import HPushConfiguration
import Logging
import PluginHost
import Reactor
import Synchronization

/// The generations of a node's rules: loads them off the event loops, has the loops switch together, keeps the last ones for a rollback.
///
/// One reload at a time, on the control thread, in the order of asking. Reloads that wait become one: it reads the files after all of
/// them were asked for.
final class Generations: @unchecked Sendable {
    typealias Result = Swift.Result<ReloadAnswer, ReloadFailure>

    enum Kind: Equatable {
        case reload(ReloadTrigger)
        /// With the files of a pushed bundle from now on, or with those at `plugins.path` again (nil).
        case adopt(String?, ReloadTrigger)
        case rollback
        /// Of the generation with this number, if it is still in force.
        case autoRollback(UInt64)

        var goesBack: Bool {
            switch self {
            case .reload, .adopt: false
            case .rollback, .autoRollback: true
            }
        }
    }

    private struct Request {
        var kind: Kind
        var waiters: [CheckedContinuation<Result, Never>]
    }

    private struct State {
        var history: GenerationHistory<Generation>?
        var requests: [Request] = []
        var retired: [StateReference] = []
        var counts = ReloadCounts()
        var ended = false
    }

    /// Requests that may wait.
    private static let mostRequests = 64

    let loops: [NodeLoop]
    let shared: NodeShared
    let source: ConfigurationSource
    let logger: Logger
    /// What was pushed to this node.
    let pushed: PushedRules
    private let control = ControlThread(named: "plugins")
    private let state = Mutex(State())
    /// plugins.auto_rollback, as last read.
    let autoRollback = Atomic<Bool>(false)

    // The control thread's.
    var seen: SeenRules?
    var watch: FileWatch?
    private var memoryGivenBack: UInt64 = 0

    init(loops: [NodeLoop], shared: NodeShared, source: ConfigurationSource, pushed: PushedRules) {
        self.pushed = pushed
        self.loops = loops
        self.shared = shared
        self.source = source
        logger = shared.logger
        for owner in loops { owner.retire = { [unowned self] in retire($0) } }
    }

    // MARK: What is in force

    /// nil only before the first generation is loaded.
    var current: Generation? { state.withLock { $0.history?.current } }
    /// How many rollbacks in a row are possible.
    var kept: Int { state.withLock { $0.history?.past.count ?? 0 } }
    /// It, and those that rollbacks would bring back, in this order.
    var all: [Generation] { state.withLock { state in state.history.map { [$0.current] + $0.past.reversed() } ?? [] } }
    var previous: Generation? { state.withLock { $0.history?.previous } }
    var counts: ReloadCounts { state.withLock(\.counts) }

    /// The first generation: loaded on the caller's thread, before the loops start.
    /// - Throws: `NodeError`, `PluginFailure`.
    func begin(_ section: PluginsSection) throws {
        var section = section
        if let directory = pushed.directory { section.path = directory }
        let (checked, states) = try loadFirst(section)
        let first = Generation(number: 1, rulesOf: 1, since: Date().timeIntervalSince1970, checked: checked)
        state.withLock { $0.history = GenerationHistory(first) }
        autoRollback.store(section.autoRollback, ordering: .relaxed)
        shared.openDirectory.store(first.openDirectory, ordering: .relaxed)
        if first.storesMessages { shared.messages.use() }
        warn(of: checked.sources)
        seen = .sources(checked.sources, checked.settingFiles)
        for state in states {
            do { try state.trySaves() } catch {
                logger.warning("save fails: \(error); as long as it does, no reload succeeds")
                break
            }
        }
    }

    /// Called when the loops run.
    func started(watches: Bool) {
        control.run { self.setWatch(watches) }
    }

    // MARK: Asking

    /// Returns when every loop has switched, or nothing was changed.
    func reload(_ trigger: ReloadTrigger) async throws(ReloadFailure) -> ReloadAnswer { try await ask(.reload(trigger)) }

    func rollBack() async throws(ReloadFailure) -> ReloadAnswer { try await ask(.rollback) }

    /// Brings a bundle that `pushed` keeps into force, or the node's own files (nil), and stays with them: later reloads and restarts read the same.
    func adopt(_ bundle: String?, _ trigger: ReloadTrigger) async throws(ReloadFailure) -> ReloadAnswer {
        try await ask(.adopt(bundle, trigger))
    }

    /// Takes a generation back whose plugin fails for many sessions, if plugins.auto_rollback says so and its rules came by a reload: a
    /// rollback is not rolled back in turn. `failed` is called when it could not be done.
    /// - Returns: whether it is tried.
    func rollBack(_ number: UInt64, since reason: String, failed: @escaping @Sendable () -> Void) -> Bool {
        guard autoRollback.load(ordering: .relaxed), previous != nil, let current, current.number == number, current.rulesOf == number
        else {
            return false
        }
        logger.error("plugins are rolled back: \(reason)", metadata: ["generation": "\(number)"])
        Task {
            do { _ = try await ask(.autoRollback(number)) } catch { failed() }
        }
        return true
    }

    /// A file has changed; nobody waits for an answer.
    func filesChanged() { _ = enqueue(Request(kind: .reload(.watch), waiters: [])) }

    private func ask(_ kind: Kind) async throws(ReloadFailure) -> ReloadAnswer {
        let result = await withCheckedContinuation { waiter in
            if let refusal = enqueue(Request(kind: kind, waiters: [waiter])) { waiter.resume(returning: .failure(refusal)) }
        }
        return try result.get()
    }

    /// - Returns: why it was not taken.
    private func enqueue(_ request: Request) -> ReloadFailure? {
        let (refusal, isNew) = state.withLock { state -> (ReloadFailure?, Bool) in
            if state.ended { return (ReloadFailure(.ending, "the node ends"), false) }
            if !request.kind.goesBack, let last = state.requests.indices.last, state.requests[last].kind == request.kind {
                state.requests[last].waiters += request.waiters
                return (nil, false)
            }
            guard state.requests.count < Self.mostRequests else { return (ReloadFailure(.busy, "too many reloads wait"), false) }
            state.requests.append(request)
            return (nil, true)
        }
        if isNew { control.run { self.serveNext() } }
        return refusal.map { answered($0) }
    }

    /// Refuses what waits and all that comes. Blocks until the reload under way is done; for the thread that ends the node.
    func end() {
        let waiting = state.withLock { state in
            state.ended = true
            defer { state.requests = [] }
            return state.requests
        }
        let refusal = answered(ReloadFailure(.ending, "the node ends"))
        for request in waiting { request.waiters.forEach { $0.resume(returning: .failure(refusal)) } }
        control.run { self.setWatch(false) }
        control.end()
        closeRetired()
    }

    // MARK: The control thread

    private func serveNext() {
        closeRetired()
        let next = state.withLock { $0.requests.isEmpty ? nil : $0.requests.removeFirst() }
        guard let request = next else { return }
        let result: Result
        do throws(ReloadFailure) {
            guard let answer = try serve(request.kind) else { return }
            result = .success(answer)
        } catch {
            result = .failure(answered(error))
        }
        count(request.kind, result)
        request.waiters.forEach { $0.resume(returning: result) }
    }

    private func count(_ kind: Kind, _ result: Result) {
        state.withLock { state in
            switch (result, kind) {
            case (.failure, _): state.counts.failed += 1
            case (.success, .rollback): state.counts.rolledBack += 1
            case (.success, .autoRollback): state.counts.autoRolledBack += 1
            case (.success, .reload), (.success, .adopt): state.counts.switched += 1
            }
        }
    }

    /// A failure says which rules go on.
    private func answered(_ failure: ReloadFailure) -> ReloadFailure {
        var failure = failure
        failure.generation = current?.number ?? 0
        return failure
    }

    func came(_ generation: Generation, after kind: Kind) {
        state.withLock { state in
            if kind.goesBack { state.history?.rolledBack(generation) } else { state.history?.reloaded(generation) }
        }
    }

    // MARK: Old generations

    /// A loop's state that nothing will run in again. Any thread.
    private func retire(_ old: StateReference) {
        state.withLock { $0.retired.append(old) }
        control.run { self.closeRetired() }
    }

    func closeRetired() {
        let retired = state.withLock { state in
            defer { state.retired = [] }
            return state.retired
        }
        for old in retired { old.state.close() }
        if !retired.isEmpty { giveMemoryBack() }
    }

    /// Hundreds of old states may have been there at once; what they leave free in the heap goes back to the kernel, at most once a second.
    private func giveMemoryBack() {
        let now = DispatchTime.now().uptimeNanoseconds
        guard shared.oldStates.load(ordering: .relaxed) == 0, now - memoryGivenBack > 1_000_000_000 else { return }
        memoryGivenBack = now
        HeapMemory.giveBack()
    }
}
