import CPluginBridge
import Logging
import Messaging
import PluginHost
import Reactor
import WireProtocol

// Guard rails: sessions that make plugins fail, and plugins that fail for many.
extension NodeLoop {
    /// Whom a failure, or a call, is put down to.
    private struct Culprit {
        var session: UInt64
        var user: UInt64
        /// 0 before login: such a call ends with its connection, so there is nothing to throttle.
        var throttled: UInt64
    }

    /// - Parameter session: the one whose handler it is.
    private func culprit(_ kind: hp_kind, _ session: Session) -> Culprit? {
        // What makes an outbound handler fail is the message, and that is its sender's.
        let session = kind == HP_OUTBOUND ? shared.find(outboundSender) ?? session : session
        let handle = session.handle.rawValue
        if handle != 0 { return Culprit(session: handle, user: Self.key(session.uid), throttled: handle) }
        guard let remote = connection(of: session)?.remoteAddress else { return nil }
        let key = Self.key(remote.host)
        return Culprit(session: key, user: key, throttled: 0)
    }

    private static func key(_ text: String) -> UInt64 { UInt64(bitPattern: Int64(text.hashValue)) }

    /// A handler failed for a session.
    func noteFailure(_ failure: PluginFailure, of state: PluginState, _ kind: hp_kind, _ session: Session) {
        // That too many wait is nobody's fault in particular.
        guard state === plugins, failure.kind != .busy, let plugin = state.pluginNames.firstIndex(of: failure.plugin), let guards,
            let culprit = culprit(kind, session)
        else { return }
        if kind != HP_EVENT, culprit.throttled != 0, let until = throttles.failed(culprit.throttled, plugin, at: loop.now) {
            state.setGuarded(plugin, true)
            logThrottle(failure, culprit.throttled, until)
        }
        let call = Breaker.Failure(
            handler: failure.handler ?? "", session: culprit.session, user: culprit.user, loop: index)
        guards.failed(failure, call, generation: state.generation) { HandlerCounts(state.handlers(of: plugin)) }
    }

    private func logThrottle(_ failure: PluginFailure, _ handle: UInt64, _ until: UInt64) {
        guard let suppressed = guardLog.admit(failure.plugin, second: loop.now / 1_000_000_000) else { return }
        let session = shared.find(SessionHandle(rawValue: handle))
        var metadata: Logger.Metadata = [
            "plugin": "\(failure.plugin)", "user": "\(session?.uid ?? "")", "session": "\(session?.id.description ?? "")",
            "seconds": "\((until - loop.now) / 1_000_000_000)",
        ]
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        logger.warning("session throttled, its messages make the plugin fail", metadata: metadata)
    }

    // MARK: Asked by the bridge

    func admit(_ execution: GuardedExecution, of state: PluginState) -> PluginAdmission {
        // Handlers of old generations finish as they are.
        guard state === plugins, let tag = execution.tag else { return .runs }
        let session = Unmanaged<Session>.fromOpaque(tag).takeUnretainedValue()
        guard let culprit = culprit(execution.kind, session) else { return .runs }
        let name = state.pluginNames[execution.plugin]
        if let until = quarantined[execution.plugin] {
            if loop.now >= until, guards?.probes(name, session: culprit.session, generation: state.generation) != false { return .probe }
            guardRefusals[name, default: GuardRefusals()].quarantined += 1
            return .refused(code: ResultCode.unavailable.rawValue, info: "the rules are out of order")
        }
        if execution.kind == HP_EVENT || throttles.admits(culprit.throttled, execution.plugin, at: loop.now) {
            if !throttles.isActive(execution.plugin, at: loop.now) { state.setGuarded(execution.plugin, false) }
            return .runs
        }
        guardRefusals[name, default: GuardRefusals()].throttled += 1
        return .refused(code: ResultCode.tooManyRequests.rawValue, info: "too many failing messages")
    }

    func passed(_ execution: GuardedExecution, of state: PluginState) {
        guard state === plugins else { return }
        guards?.probePassed(state.pluginNames[execution.plugin], generation: state.generation)
    }

    func skipped(_ failure: PluginFailure, _ execution: GuardedExecution, of state: PluginState) {
        statistics.pluginFailures[failure.kind.rawValue, default: 0] += 1
        guard let tag = execution.tag else { return }
        let session = Unmanaged<Session>.fromOpaque(tag).takeUnretainedValue()
        noteFailure(failure, of: state, execution.kind, session)
        log(failure, of: state, session, "handler failed, its message goes on without it")
    }

    // MARK: Told by the node

    func quarantine(_ plugin: String, until: UInt64) {
        guard let state = plugins, let index = state.pluginNames.firstIndex(of: plugin) else { return }
        quarantined[index] = until
        state.setGuarded(index, true)
    }

    func endQuarantine(of plugin: String) {
        guard let state = plugins, let index = state.pluginNames.firstIndex(of: plugin) else { return }
        quarantined[index] = nil
        throttles.forget(plugin: index)
        state.setGuarded(index, false)
    }

    /// Empty where another generation is in force.
    func handlerCounts(of plugin: String, _ generation: UInt64) -> HandlerCounts {
        guard let state = plugins, state.generation == generation, let index = state.pluginNames.firstIndex(of: plugin) else { return [:] }
        return HandlerCounts(state.handlers(of: index))
    }

    /// Another generation came into force.
    func resetGuards(_ state: PluginState) {
        throttles.removeAll()
        quarantined = [:]
        let names = Set(state.pluginNames)
        guardRefusals = guardRefusals.filter { names.contains($0.key) }
        guards?.begin(state.generation)
    }
}
