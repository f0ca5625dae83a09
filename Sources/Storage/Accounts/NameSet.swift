import Synchronization

/// The names of all accounts in memory, compared byte by byte (Swift's `String` takes composed and decomposed letters for equal,
/// the database and the wire do not). Thread-safe.
package final class NameSet: Sendable {
    private let names = Mutex<Set<[UInt8]>>([])

    package init() {}

    package func contains(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return names.withLock { $0.contains(bytes) }
    }

    package func insert(_ name: String) {
        let bytes = Array(name.utf8)
        names.withLock { _ = $0.insert(bytes) }
    }

    package func remove(_ name: String) {
        let bytes = Array(name.utf8)
        names.withLock { _ = $0.remove(bytes) }
    }

    /// Names that came and names that went; one in both has gone.
    package func change(adding added: [[UInt8]], removing removed: [[UInt8]]) {
        names.withLock { names in
            names.formUnion(added)
            names.subtract(removed)
        }
    }

    package func replace(with all: Set<[UInt8]>) {
        names.withLock { $0 = all }
    }
}
