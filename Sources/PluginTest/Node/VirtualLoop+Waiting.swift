import CPluginBridge
import Messaging
import PluginHost
import WireProtocol

// Executions that wait.
extension VirtualLoop {
    /// - Parameter deadline: when all its waits together are over, in nanoseconds; nil: `wait_ms` from now.
    func addWait(
        _ execution: UInt64, _ kind: hp_kind, _ session: Session?, _ request: ChainRequest, _ state: PluginState, _ record: ChainRecord?,
        deadline: UInt64?
    ) {
        let now = node.clock.nanoseconds
        let deadline = deadline ?? now + UInt64(node.setup.limits.waitMilliseconds) * 1_000_000
        let left = Int(deadline > now ? (deadline - now) / 1_000_000 : 0)
        let timer = node.clock.schedule(afterMilliseconds: left) { [unowned self] in waitedTooLong(execution, state) }
        waits[.init(state, execution)] = WaitingChain(
            kind: kind, state: state, session: session, request: request, timer: timer, deadline: deadline, record: record)
    }

    /// An answer came for a waiting execution. Late ones, for executions that ended meanwhile, do nothing.
    func resume(_ execution: UInt64, of state: PluginState, with result: Result<[LuaValue], HostCallError>) {
        guard let wait = waits.removeValue(forKey: .init(state, execution)) else { return }
        node.clock.cancel(wait.timer)
        var outcome = hp_outcome()
        record = wait.record
        switch result {
        case .success(let values): state.resume(execution, with: values, &outcome)
        case .failure(let error): state.resume(execution, failing: error.description, &outcome)
        }
        finish(wait, outcome)
        record = nil
        afterRun(state)
    }

    private func finish(_ wait: WaitingChain, _ outcome: hp_outcome) {
        guard let session = wait.session, wait.kind == HP_INBOUND || wait.kind == HP_ROUTE else {
            return finishOther(outcome, wait.kind, wait.session, wait.state, wait.record)
        }
        if wait.request.blocksSession { session.execution = 0 }
        if wait.kind == HP_ROUTE {
            finishRoute(outcome, wait.request, session, wait.state, wait.record, deadline: wait.deadline)
        } else {
            finishInbound(outcome, wait.request, session, wait.state, wait.record, deadline: wait.deadline)
        }
        if session.execution == 0, wait.request.blocksSession, session.state != .closed {
            record = nil
            servePending(session)
        }
    }

    /// The connection of a waiting execution's session closed.
    func cancelWait(of session: Session) {
        let key = waits.first { $0.value.session === session && $0.value.blocksSession }?.key
        guard let key, let wait = waits.removeValue(forKey: key) else { return }
        node.clock.cancel(wait.timer)
        wait.record?.cancelled()
        wait.state.cancel(key.execution)
    }

    /// It waited longer than `plugins.limits.wait_ms`.
    private func waitedTooLong(_ execution: UInt64, _ state: PluginState) {
        guard let wait = waits.removeValue(forKey: .init(state, execution)) else { return }
        var outcome = hp_outcome()
        record = wait.record
        state.overdue(execution, &outcome)
        if outcome.verdict != HP_FAILED || outcome.failure.kind != HP_FAILURE_WAIT {
            // Its errors are skipped: the next handlers have run.
            var wait = wait
            wait.deadline = node.clock.nanoseconds + UInt64(node.setup.limits.waitMilliseconds) * 1_000_000
            finish(wait, outcome)
            record = nil
            return afterRun(state)
        }
        record = nil
        report(state.failure(outcome))
        guard let session = wait.session, wait.kind == HP_INBOUND || wait.kind == HP_ROUTE else {
            wait.record?.failed("waited longer than its budget")
            if let session = wait.session { eventEnded(session) }
            return
        }
        if wait.request.blocksSession { session.execution = 0 }
        wait.record?.failed("waited longer than its budget")
        reject(wait.request, ResultCode.unknownError.rawValue, "the rules took too long", closes: false, session)
        if wait.request.blocksSession { servePending(session) }
    }

    func endWaits() {
        for (key, wait) in waits {
            node.clock.cancel(wait.timer)
            wait.state.cancel(key.execution)
            wait.session?.execution = 0
            wait.session?.pending = nil
        }
        waits.removeAll()
    }

    /// Work that a node does off its loops: the calling handler goes on with what it gives, in the loop's next turn.
    func later(_ call: HostCall, _ work: @escaping () throws -> [LuaValue]) -> HostAnswer {
        let execution = call.execution
        let state = call.state
        execute { [unowned self] in
            let result: Result<[LuaValue], HostCallError>
            do { result = .success(try work()) } catch { result = .failure(HostCallError("\(error)")) }
            resume(execution, of: state, with: result)
        }
        return .wait
    }

    func sleep(_ call: HostCall, milliseconds: Int) -> HostAnswer {
        let execution = call.execution
        let state = call.state
        _ = node.clock.schedule(afterMilliseconds: milliseconds) { [unowned self] in resume(execution, of: state, with: .success([])) }
        return .wait
    }
}
