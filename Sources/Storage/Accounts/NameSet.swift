import Synchronization

/// The names of all accounts in memory, compared byte by byte (Swift's `String` takes composed and decomposed letters for equal,
/// the database and the wire do not). Thread-safe.
final class NameSet: Sendable {
    private let names = Mutex<Set<[UInt8]>>([])

    func contains(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return names.withLock { $0.contains(bytes) }
    }

    func insert(_ name: String) {
        let bytes = Array(name.utf8)
        names.withLock { _ = $0.insert(bytes) }
    }

    func remove(_ name: String) {
        let bytes = Array(name.utf8)
        names.withLock { _ = $0.remove(bytes) }
    }

    func replace(with all: Set<[UInt8]>) {
        names.withLock { $0 = all }
    }
}
