import Foundation
import Synchronization

/// The last reloads and rollbacks of a node. Bounded; any thread.
final class RuleChanges: Sendable {
    static let most = 20

    private let changes = Mutex<[RuleChange]>([])

    func add(_ answer: ReloadAnswer, by: String) {
        add(
            RuleChange(
                time: Date().timeIntervalSince1970, by: by, result: .switched, generation: answer.generation, rulesOf: answer.rulesOf,
                pauseMicroseconds: answer.pauseMicroseconds))
    }

    /// - Parameter generation: the one that stays in force.
    func add(_ failure: ReloadFailure, by: String, generation: UInt64) {
        add(
            RuleChange(
                time: Date().timeIntervalSince1970, by: by, result: .failed, generation: generation, plugin: failure.plugin,
                file: failure.file, line: failure.line, message: failure.file == nil ? failure.message : failure.reason))
    }

    private func add(_ change: RuleChange) {
        changes.withLock { changes in
            if changes.count == Self.most { changes.removeFirst() }
            changes.append(change)
        }
    }

    /// The latest first.
    var all: [RuleChange] { changes.withLock { $0.reversed() } }
}
