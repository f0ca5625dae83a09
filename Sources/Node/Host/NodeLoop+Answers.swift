import PluginHost
import Storage

// How the results of a call that waits come back to its handler.
extension NodeLoop {
    /// Takes a call's results, once, on any thread, and lets the handler go on with them on its loop. Late ones do nothing.
    func answer(to call: HostCall) -> @Sendable (Result<[LuaValue], HostCallError>) -> Void {
        let execution = call.execution
        let reference = StateReference(call.state)
        return { [self] result in
            loop.execute { self.wake(execution, of: reference.state, with: result) }
        }
    }

    /// Does work on the pool and lets the calling handler go on with what it gives. A full pool gives nil and "busy".
    func offLoop(_ call: HostCall, _ work: @escaping @Sendable (NodeShared) throws -> [LuaValue]) -> HostAnswer {
        let shared = self.shared
        let answer = answer(to: call)
        let taken = shared.pool.submit {
            do { answer(.success(try work(shared))) } catch { answer(.failure(HostCallError("\(error)"))) }
        }
        return taken ? .wait : .values([.nil, .text("busy")])
    }

    /// The same for somebody who logs in: where no thread is free in time nothing is done, and the call gives nil and "busy", too.
    func offLoopInTime(_ call: HostCall, _ work: @escaping @Sendable (NodeShared) throws -> [LuaValue]) -> HostAnswer {
        let shared = self.shared
        let answer = answer(to: call)
        let taken = shared.pool.submit(patience: BlockingPool.loginPatience) { isLate in
            if isLate { return answer(.success([.nil, .text("busy")])) }
            do { answer(.success(try work(shared))) } catch { answer(.failure(HostCallError("\(error)"))) }
        }
        if taken { noteStoreWait(call) }
        return taken ? .wait : .values([.nil, .text("busy")])
    }

    /// The same for work that waits for the store.
    func offLoopInStore(_ call: HostCall, _ work: @escaping @Sendable (NodeShared) throws -> [LuaValue]) -> HostAnswer {
        let answer = offLoop(call, work)
        if case .wait = answer { noteStoreWait(call) }
        return answer
    }

    /// When the call takes too long it is not the rules' fault.
    func noteStoreWait(_ call: HostCall) { storeWaits.insert(waitKey(call.execution, call.state)) }

    /// Does asynchronous work elsewhere and lets the calling handler go on with what it gives.
    func inTask(_ call: HostCall, _ work: @escaping @Sendable (NodeShared) async throws -> [LuaValue]) -> HostAnswer {
        let shared = self.shared
        let answer = answer(to: call)
        Task {
            do { answer(.success(try await work(shared))) } catch { answer(.failure(HostCallError("\(error)"))) }
        }
        return .wait
    }
}

/// Carries a state through another thread, which never touches it, back to its own loop.
struct StateReference: @unchecked Sendable {
    let state: PluginState

    init(_ state: PluginState) { self.state = state }
}
