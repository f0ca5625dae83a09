import Foundation
import PluginHost
import Synchronization

/// What plugins failed with of late: the same failure once, with its number. Bounded; any thread.
final class PluginErrors: Sendable {
    struct Entry: Sendable {
        var failure: PluginFailure
        var generation: UInt64
        var count: Int
        /// Seconds since 1970.
        var first: Double
        var last: Double
    }

    /// Different failures that are kept.
    static let most = 50

    private let entries = Mutex<[Entry]>([])

    /// - Parameter count: how often it happened since it was told last.
    func add(_ failure: PluginFailure, generation: UInt64, count: Int) {
        let now = Date().timeIntervalSince1970
        entries.withLock { entries in
            if let index = entries.firstIndex(where: { $0.generation == generation && $0.failure == failure }) {
                var entry = entries.remove(at: index)
                entry.count += count
                entry.last = now
                return entries.append(entry)
            }
            if entries.count == Self.most { entries.removeFirst() }
            entries.append(Entry(failure: failure, generation: generation, count: count, first: now, last: now))
        }
    }

    /// The latest first.
    var all: [Entry] { entries.withLock { $0.reversed() } }
}
