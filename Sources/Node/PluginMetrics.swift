import Synchronization

/// `hpush.metrics`: counters and gauges of plugins. Any thread. Bounded, so that a name made from user input cannot grow it without end.
package final class PluginMetrics: Sendable {
    package struct Key: Hashable {
        package var plugin: String
        package var name: String
    }

    package static let most = 1000

    private let values = Mutex<[Key: Double]>([:])

    package init() {}

    /// False when there are too many names.
    package func add(_ plugin: String, _ name: String, _ amount: Double) -> Bool {
        values.withLock { values in
            let key = Key(plugin: plugin, name: name)
            if let old = values[key] {
                values[key] = old + amount
                return true
            }
            guard values.count < Self.most else { return false }
            values[key] = amount
            return true
        }
    }

    package func set(_ plugin: String, _ name: String, _ value: Double) -> Bool {
        values.withLock { values in
            let key = Key(plugin: plugin, name: name)
            guard values[key] != nil || values.count < Self.most else { return false }
            values[key] = value
            return true
        }
    }

    package var all: [(key: Key, value: Double)] {
        values.withLock { $0.map { (key: $0.key, value: $0.value) } }.sorted { ($0.key.plugin, $0.key.name) < ($1.key.plugin, $1.key.name) }
    }
}
