import Cluster
import Foundation
import Logging
import ZooKeeperClient

/// Pushed rules on one node: brings them into force here, then has all other nodes of the cluster follow; follows what other nodes roll out.
///
/// The node that is asked is the first to run them: what does not load there is rolled out nowhere. Each other node takes them or keeps what it
/// has, and says so.
actor RulesRollOut {
    private static let patience: Duration = .seconds(30)

    private let generations: Generations
    private let logger: Logger
    private let name: String
    /// nil on a node that stands alone.
    private var rollOut: RollOut?
    private var cluster: NodeCluster?
    /// The last roll-out that was dealt with here, well or not.
    private var followed: String?
    private var following: Task<Void, Never>?

    init(_ generations: Generations, name: String, logger: Logger) {
        self.generations = generations
        self.name = name
        self.logger = logger
    }

    func join(_ rollOut: RollOut, _ cluster: NodeCluster) {
        self.rollOut = rollOut
        self.cluster = cluster
    }

    // MARK: Asked

    func push(_ request: RulesPush) async throws(ReloadFailure) -> RulesPushAnswer {
        guard let rollOut else {
            return RulesPushAnswer(reload: try await adopt(alone(request), .push), bundle: generations.pushed.digest, nodes: [])
        }
        let standing = try await asking { () async throws(ZooKeeperError) in try await rollOut.standing() }
        let next = try await record(request, over: standing, rollOut)
        let before = generations.pushed.digest
        let reload = try await adopt(next.bundle.isEmpty ? nil : next.bundle, .push)
        followed = next.bundle
        do {
            if case .bundle(let bundle) = request { try await rollOut.put(next.bundle, (try? bundle.encoded()) ?? []) }
            try await rollOut.publish(next, over: standing)
        } catch {
            // This node does not go its own way.
            followed = before ?? ""
            _ = try? await generations.adopt(before, .push)
            throw failure(error)
        }
        await report(next.bundle, nil)
        logger.notice("rules rolled out", metadata: ["bundle": "\(next.bundle.prefix(12))"])
        return RulesPushAnswer(
            reload: reload, bundle: next.bundle.isEmpty ? nil : next.bundle, nodes: await answers(next.bundle, rollOut))
    }

    private func alone(_ request: RulesPush) throws(ReloadFailure) -> String? {
        switch request {
        case .bundle(let bundle): return try keep(bundle)
        case .ownFiles: return nil
        case .before:
            throw ReloadFailure(.nothingToRollBack, "this node stands alone: hpush plugin rollback brings the generation before back")
        }
    }

    private func record(_ request: RulesPush, over standing: RollOut.Standing, _ rollOut: RollOut) async throws(ReloadFailure)
        -> RollOutRecord
    {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let current = standing.record ?? RollOutRecord(bundle: "", at: 0, by: "", before: [])
        switch request {
        case .bundle(let bundle): return current.followed(by: try keep(bundle), at: now, name: name)
        case .ownFiles: return current.followed(by: "", at: now, name: name)
        case .before:
            guard let next = current.takenBack(at: now, name: name) else {
                throw ReloadFailure(.nothingToRollBack, "nothing was rolled out before")
            }
            try await fetch(next.bundle, rollOut)
            return next
        }
    }

    /// What the nodes say, once all have, or after `patience`.
    private func answers(_ bundle: String, _ rollOut: RollOut) async -> [RulesPushAnswer.Node] {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let reports = (try? await rollOut.reports()) ?? [:]
            let nodes = cluster?.view.nodes ?? [:]
            let answers = nodes.sorted { $0.key < $1.key }.map { id, record in
                let report = reports[id].flatMap { $0.bundle == bundle ? $0 : nil }
                return RulesPushAnswer.Node(
                    id: id.rawValue, name: record.name ?? record.host, generation: report?.generation,
                    error: report == nil ? "no answer" : report?.error)
            }
            let isDone = answers.allSatisfy { $0.generation != nil }
            if isDone || ContinuousClock.now >= deadline { return answers }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    // MARK: Following

    /// Something is rolled out. One after the other.
    func follow(_ record: RollOutRecord) {
        let before = following
        following = Task {
            await before?.value
            await take(record)
        }
    }

    /// What is rolled out at present, before the node lets anybody in.
    func catchUp() async {
        guard let rollOut, let record = try? await rollOut.standing().record else { return }
        follow(record)
        await following?.value
    }

    private func take(_ record: RollOutRecord) async {
        guard let rollOut else { return }
        let bundle = record.bundle
        guard bundle != followed else { return await report(bundle, nil) }
        let wanted = bundle.isEmpty ? nil : bundle
        var problem: String?
        do throws(ReloadFailure) {
            if wanted != generations.pushed.digest {
                try await fetch(bundle, rollOut)
                _ = try await adopt(wanted, .rollOut)
            }
        } catch { problem = error.message }
        followed = bundle
        await report(bundle, problem)
        // Said once; until something else is rolled out this node goes on with what it has.
        if let problem { logger.error("the rules that \(record.by) rolled out are not in force here: \(problem)") }
    }

    /// With a new session, what the node said before is gone.
    func reportAgain() async {
        if let followed { await report(followed, followed == generations.pushed.digest ?? "" ? nil : "not in force") }
    }

    private func report(_ bundle: String, _ problem: String?) async {
        guard let rollOut, let own = cluster?.view.own, own != .none else { return }
        let report = RollOutReport(bundle: bundle, generation: generations.current?.number ?? 0, error: problem)
        do { try await rollOut.report(report, of: own) } catch { logger.warning("what runs here cannot be told to the cluster: \(error)") }
    }

    // MARK: Bundles

    private func adopt(_ bundle: String?, _ trigger: ReloadTrigger) async throws(ReloadFailure) -> ReloadAnswer {
        try await generations.adopt(bundle, trigger)
    }

    private func keep(_ bundle: RulesBundle) throws(ReloadFailure) -> String {
        do { return try generations.pushed.keep(bundle) } catch { throw ReloadFailure(.badPlugin, "\(error)") }
    }

    /// Has a bundle's files here.
    private func fetch(_ digest: String, _ rollOut: RollOut) async throws(ReloadFailure) {
        guard !digest.isEmpty, !generations.pushed.has(digest) else { return }
        let bytes = try await asking { () async throws(ZooKeeperError) in try await rollOut.bundle(digest) }
        do { _ = try generations.pushed.keep(RulesBundle(encoded: bytes, digest: digest)) } catch {
            throw ReloadFailure(.badPlugin, "\(error)")
        }
    }

    private func asking<Result>(_ work: () async throws(ZooKeeperError) -> Result) async throws(ReloadFailure) -> Result {
        do { return try await work() } catch { throw failure(error) }
    }

    private func failure(_ error: ZooKeeperError) -> ReloadFailure {
        if error.code == .badVersion { return ReloadFailure(.busy, "other rules were pushed at the same time; look, and push again") }
        return ReloadFailure(.unavailable, "nothing is rolled out: \(error)")
    }
}
