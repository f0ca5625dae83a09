import Foundation
import HPushConfiguration
import Logging
import PluginHost
import Reactor

// A reload from its beginning to its end. All of it runs on the control thread, but for the loops' part in the switch.
extension Generations {
    /// - Returns: nil when a look at the files found nothing new.
    func serve(_ kind: Kind) throws(ReloadFailure) -> ReloadAnswer? {
        do throws(ReloadFailure) {
            try awaitOldGenerations()
            let answer: ReloadAnswer?
            switch kind {
            case .rollback: answer = try rollBackNow(kind)
            case .autoRollback(let number):
                guard number == current?.number else {
                    throw ReloadFailure(.nothingToRollBack, "generation \(number) is not in force any more")
                }
                answer = try rollBackNow(kind)
            case .reload(let trigger): answer = try reloadNow(trigger, .reload(trigger))
            case .adopt(let bundle, let trigger): answer = try adoptNow(bundle, trigger)
            }
            if let answer { log(answer, kind) }
            return answer
        } catch {
            log(error, kind)
            throw error
        }
    }

    private func adoptNow(_ bundle: String?, _ trigger: ReloadTrigger) throws(ReloadFailure) -> ReloadAnswer? {
        let before = pushed.digest
        pushed.use(bundle)
        let answer: ReloadAnswer?
        do throws(ReloadFailure) { answer = try reloadNow(trigger, .adopt(bundle, trigger)) } catch {
            pushed.use(before)
            throw error
        }
        do { try pushed.save() } catch { logger.error("a restart will not find the rules that are in force now: \(error)") }
        return answer
    }

    private func reloadNow(_ trigger: ReloadTrigger, _ kind: Kind) throws(ReloadFailure) -> ReloadAnswer? {
        guard let current else { throw ReloadFailure(.ending, "the node has no rules yet") }
        defer { followFiles() }
        var read: NodeConfiguration?
        let found: Swift.Result<PluginSources, ReloadFailure>
        do throws(ReloadFailure) {
            let configuration = try readConfiguration()
            read = configuration
            found = .success(try readSources(configuration.plugins))
        } catch { found = .failure(error) }
        if let read {
            setWatch(read.plugins.watch)
            autoRollback.store(read.plugins.autoRollback, ordering: .relaxed)
        }
        if trigger == .watch, let seen, seen.isSame(as: found) { return nil }
        if case .failure(let failure) = found { seen = .unreadable(failure.message) }
        let sources = try found.get()
        guard let read else { return nil }
        let checked = try check(sources, read.plugins, current)
        var answer = try bringIntoForce(checked, rulesOf: nil, over: current, kind, read.plugins)
        if trigger != .watch || checked.sources != current.checked.sources { warn(of: checked.sources) }
        answer.needsRestart = read.keysThatNeedRestart(since: shared.configuration)
        return answer
    }

    private func rollBackNow(_ kind: Kind) throws(ReloadFailure) -> ReloadAnswer {
        guard let current, let previous else {
            throw ReloadFailure(.nothingToRollBack, "there is no generation before this one to bring back")
        }
        return try bringIntoForce(previous.checked, rulesOf: previous.rulesOf, over: current, kind, nil)
    }

    // MARK: Reading

    private func readConfiguration() throws(ReloadFailure) -> NodeConfiguration {
        do {
            var configuration = try source.load()
            if let directory = pushed.directory { configuration.plugins.path = directory }
            return configuration
        } catch { throw ReloadFailure(configuration: error) }
    }

    private func readSources(_ section: PluginsSection) throws(ReloadFailure) -> PluginSources {
        do { return try Self.sources(section) } catch { throw ReloadFailure(plugin: error, [], section) }
    }

    static func sources(_ section: PluginsSection) throws -> PluginSources {
        try PluginSources(
            section.pipeline.map { PluginLoader.Entry(name: $0.name, settings: LuaValue($0.settings)) }, in: section.path,
            limits: PluginLimits(section.limits))
    }

    private func check(_ sources: PluginSources, _ section: PluginsSection, _ current: Generation) throws(ReloadFailure)
        -> PluginLoader.Checked
    {
        let files = SettingFiles(directory: sources.directory)
        defer { seen = .sources(sources, files.texts) }
        do {
            let checked = try PluginLoader(limits: sources.limits).check(
                sources, files: files, functions: HostFunctions.all, services: loops[0])
            // The same again shares its memory.
            return current.checked.differs(from: sources) ? checked : current.checked
        } catch {
            throw ReloadFailure(plugin: error, sources.bundles, section)
        }
    }

    /// Whether what is on the disk is not what runs. Reads files.
    var filesDiffer: Bool {
        guard let current, let configuration = try? readConfiguration(), let sources = try? Self.sources(configuration.plugins) else {
            return true
        }
        return current.checked.differs(from: sources)
    }

    /// Says what is allowed and yet hardly meant.
    func warn(of sources: PluginSources) {
        for problem in StoreOrderCheck().problems(in: sources.bundles) { logger.warning("\(problem)") }
    }

    // MARK: Loading

    func loadFirst(_ section: PluginsSection) throws -> (PluginLoader.Checked, [PluginState]) {
        let loader = PluginLoader(limits: PluginLimits(section.limits))
        let checked: PluginLoader.Checked
        do {
            checked = try loader.check(Self.sources(section), functions: HostFunctions.all, services: loops[0])
        } catch let failure as PluginFailure {
            throw NodeError(failure, section)
        }
        let workers = OffloadWorkers(checked, loader: loader, generation: 1, shared: shared)
        let states = try loops.map { owner in
            let state = try loader.makeState(checked, functions: HostFunctions.all, services: owner, generation: 1)
            state.offload = workers
            owner.install(state)
            try state.initialise()
            return state
        }
        return (checked, states)
    }

    private func makeStates(_ checked: PluginLoader.Checked, _ number: UInt64, _ section: PluginsSection?) throws(ReloadFailure)
        -> [PluginState]
    {
        let loader = PluginLoader(limits: checked.sources.limits)
        do {
            let workers = OffloadWorkers(checked, loader: loader, generation: number, shared: shared)
            return try loops.map { owner in
                let state = try loader.makeState(checked, functions: HostFunctions.all, services: owner, generation: number)
                state.offload = workers
                try state.initialise()
                try state.trySaves()
                // What loading left behind is not for the loop to clear away.
                state.collectGarbage()
                return state
            }
        } catch {
            throw ReloadFailure(plugin: error, checked.sources.bundles, section)
        }
    }

    // MARK: Switching

    private func bringIntoForce(
        _ checked: PluginLoader.Checked, rulesOf: UInt64?, over current: Generation, _ kind: Kind, _ section: PluginsSection?
    ) throws(ReloadFailure) -> ReloadAnswer {
        let number = current.number + 1
        let states = try makeStates(checked, number, section)
        var next = Generation(number: number, rulesOf: rulesOf ?? number, since: 0, checked: checked)
        let steps = HandOver.steps(from: current.checked.plugins, to: checked.plugins)
        let barrier = SwapBarrier(loops: loops.count)
        if loops.count > 1 {
            // A loop that comes first stands still until the last one is here, which a long tick would hold up.
            for owner in loops where !owner.loop.execute({ owner.comeNear(barrier) }) { barrier.abandon(ended: owner.index) }
            barrier.awaitNear()
        }
        for (owner, state) in zip(loops, states) {
            let swap = LoopSwap(generation: next, state: state, steps: steps)
            if !owner.loop.execute({ owner.takePart(in: swap, barrier) }) { barrier.abandon(ended: owner.index) }
        }
        let outcome = barrier.outcome()
        if let reason = outcome.reason {
            // A loop that comes late still has its task, with the state in it.
            for state in states { state.close() }
            throw ReloadFailure(reason, outcome.stands, old: current.checked.sources.bundles, new: checked.sources.bundles)
        }
        next.since = Date().timeIntervalSince1970
        came(next, after: kind)
        return ReloadAnswer(
            generation: number, rulesOf: next.rulesOf, previous: current.number,
            loops: outcome.stands.enumerated().map { LoopAnswer(loop: $0.offset, $0.element) }, needsRestart: [])
    }

    /// Reloads faster than old generations end would fill the memory. They end after `wait_ms` at the latest.
    private func awaitOldGenerations() throws(ReloadFailure) {
        let most = 64 * loops.count
        let patience = (current?.checked.sources.limits.waitMilliseconds ?? 0) + 10_000
        for _ in 0..<patience / 5 {
            closeRetired()
            if shared.oldStates.load(ordering: .relaxed) < most { return }
            usleep(5000)
        }
        throw ReloadFailure(.busy, "too many old generations are not done with what waits in them")
    }

    // MARK: Telling

    private func log(_ answer: ReloadAnswer, _ kind: Kind) {
        var metadata: Logger.Metadata = [
            "generation": "\(answer.generation)", "previous": "\(answer.previous)", "by": "\(kind.name)",
            "pause_us": "\(Int(answer.pauseMicroseconds))",
        ]
        if answer.rulesOf != answer.generation { metadata["rules_of"] = "\(answer.rulesOf)" }
        logger.notice("plugins reloaded", metadata: metadata)
        shared.ruleChanges.add(answer, by: kind.name)
        if !answer.needsRestart.isEmpty {
            logger.notice("changed in the configuration, but needs a restart: \(answer.needsRestart.joined(separator: ", "))")
        }
    }

    private func log(_ failure: ReloadFailure, _ kind: Kind) {
        var metadata: Logger.Metadata = ["generation": "\(current?.number ?? 0)", "by": "\(kind.name)"]
        if let plugin = failure.plugin { metadata["plugin"] = "\(plugin)" }
        logger.error("plugins not reloaded: \(failure.message)", metadata: metadata)
        shared.ruleChanges.add(failure, by: kind.name, generation: current?.number ?? 0)
    }
}

extension Generations.Kind {
    fileprivate var name: String {
        switch self {
        case .reload(let trigger), .adopt(_, let trigger): trigger.rawValue
        case .rollback: "rollback"
        case .autoRollback: "auto_rollback"
        }
    }
}
