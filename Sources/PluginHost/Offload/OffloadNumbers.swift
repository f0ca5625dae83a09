import Synchronization

/// What the workers of a generation did. Each sets its own after a call, since nobody else may look into its state. Any thread.
final class OffloadNumbers: Sendable {
    private struct Numbers {
        /// By plugin and worker.
        var handlers: [String: [Int: [HandlerStatistics]]] = [:]
        /// By worker.
        var memory: [Int: Int] = [:]
    }

    private let numbers = Mutex(Numbers())

    func set(_ handlers: [HandlerStatistics], of plugin: String, memory: Int, worker: Int) {
        numbers.withLock {
            $0.handlers[plugin, default: [:]][worker] = handlers
            $0.memory[worker] = memory
        }
    }

    func ended(_ worker: Int) { numbers.withLock { $0.memory[worker] = nil } }

    var memory: Int { numbers.withLock { $0.memory.values.reduce(0, +) } }

    func handlers(of plugin: String) -> [HandlerStatistics] {
        numbers.withLock {
            var sum: [HandlerStatistics] = []
            for handlers in ($0.handlers[plugin] ?? [:]).values { sum.merge(handlers) }
            return sum
        }
    }
}
