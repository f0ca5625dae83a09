import Dispatch
import PluginHost
import Synchronization

/// What worker threads answered, until the test takes it.
final class WorkerAnswers: Sendable {
    typealias Answer = (execution: UInt64, result: Result<[LuaValue], HostCallError>)

    private let answers = Mutex<[Answer]>([])
    private let there = DispatchSemaphore(value: 0)

    func put(_ execution: UInt64, _ result: Result<[LuaValue], HostCallError>) {
        answers.withLock { $0.append((execution, result)) }
        there.signal()
    }

    /// Waits for the next one; nil after 20 seconds.
    func take() -> Answer? {
        guard there.wait(timeout: .now() + 30) == .success else { return nil }
        return answers.withLock { $0.removeFirst() }
    }
}
