import PluginHost
import Reactor
import Synchronization

// A candidate beside the rules in force.
extension Node {
    /// Differences as they are found; it ends by itself when the rules are reloaded or the candidate costs too much. `summary` may be asked
    /// for when it has ended.
    /// - Throws: when one runs already, or the candidate can't be loaded.
    public func shadow(_ request: ShadowRequest) async throws(TapFailure) -> (
        tap: Tap<ShadowDifference>, summary: @Sendable () -> ShadowSummary
    ) {
        try shadows.take("a shadow")
        do throws(TapFailure) { return try await beginShadow(request) } catch {
            shadows.give()
            throw error
        }
    }

    private func beginShadow(_ request: ShadowRequest) async throws(TapFailure)
        -> (tap: Tap<ShadowDifference>, summary: @Sendable () -> ShadowSummary)
    {
        guard let current = generations.current else { throw TapFailure(.busy, "the node has no rules yet") }
        let own = loops.map(ShadowLoop.init)
        let loaded = await withCheckedContinuation { (done: CheckedContinuation<Result<[HandOver], TapFailure>, Never>) in
            Thread.detached(named: "shadow") { done.resume(returning: Self.load(request, over: current, into: own)) }
        }
        let steps = try loaded.get()
        let shadow = Shadow(
            request, generation: current.number, loops: own, firstNumber: shared.noteNumbers.load(ordering: .relaxed))
        for (owner, candidate) in zip(loops, own) {
            let failure = await owner.ask { owner -> String? in
                guard owner.plugins?.generation == shadow.generation else { return "the rules were reloaded meanwhile" }
                if let failure = candidate.begin(steps) { return "\(failure.failure) (in \(failure.step))" }
                owner.add(shadow)
                return nil
            }
            guard let failure = failure ?? nil else { continue }
            await end(shadow, own)
            throw TapFailure(.badPlugin, failure)
        }
        let tap = Tap(shadow.take) { [self] in
            await end(shadow, own)
            shadows.give()
        }
        return (tap, { shadow.summary })
    }

    private func end(_ shadow: Shadow, _ own: [ShadowLoop]) async {
        var states: [StateReference] = []
        for (owner, own) in zip(loops, own) {
            let state = await owner.ask { owner in
                owner.remove(shadow)
                return own.end()
            }
            if let state = state ?? nil { states.append(state) }
        }
        shadow.feed.close()
        // Many megabytes may have to be freed.
        let closing = states
        Thread.detached(named: "shadow") { for reference in closing { reference.state.close() } }
    }

    /// Loads the candidate for each loop. Blocks.
    private static func load(_ request: ShadowRequest, over current: Generation, into own: [ShadowLoop]) -> Result<[HandOver], TapFailure> {
        let sources = current.checked.sources
        do {
            var found = 0
            let bundles = try zip(sources.pipeline, sources.bundles).map { entry, inForce in
                guard PluginBundle.exists(entry.name, in: request.directory) else { return inForce }
                found += 1
                return try PluginBundle(named: entry.name, in: request.directory)
            }
            guard found > 0 else {
                let names = sources.pipeline.map(\.name).joined(separator: ", ")
                return .failure(TapFailure(.badPlugin, "\(request.directory) has none of the plugins \(names)"))
            }
            let candidate = PluginSources(
                directory: sources.directory, pipeline: sources.pipeline, bundles: bundles, limits: sources.limits)
            let loader = PluginLoader(limits: sources.limits)
            let checked = try loader.check(candidate, functions: ShadowFunctions.all, services: own[0])
            for loop in own {
                let state = try loader.makeState(
                    checked, functions: ShadowFunctions.all, services: loop, generation: current.number)
                try state.initialise()
                state.dropSpawned()
                loop.prepare(state)
            }
            return .success(HandOver.steps(from: current.checked.plugins, to: checked.plugins))
        } catch {
            return .failure(TapFailure(.badPlugin, ReloadFailure(plugin: error, sources.bundles, nil).message))
        }
    }
}
