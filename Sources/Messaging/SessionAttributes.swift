import Synchronization

/// What plugins keep with sessions (`session:get`, `session:set`): strings, numbers and booleans. It outlives reloads and ends with the
/// session. Any thread may ask; a few locks serve all sessions, since most have no attributes.
public enum SessionAttributes {
    public enum Value: Sendable, Equatable {
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string([UInt8])
    }

    typealias Values = [String: Value]

    /// Of one session.
    public static let mostKeys = 64
    /// Of one key, and of one string value, in bytes.
    public static let mostKeyBytes = 64
    public static let mostValueBytes = 4096

    private static let locks: [Lock] = (0..<16).map { _ in Lock() }

    private final class Lock: Sendable {
        let mutex = Mutex<Void>(())
    }

    private static func lock(_ session: Session) -> Lock { locks[session.handle.slot % locks.count] }

    public static func value(_ key: String, of session: Session) -> Value? {
        lock(session).mutex.withLock { _ in session.attributes?[key] }
    }

    /// All of a session's, by key.
    public static func all(of session: Session) -> [(key: String, value: Value)] {
        lock(session).mutex.withLock { _ in (session.attributes ?? [:]).map { ($0.key, $0.value) } }.sorted { $0.key < $1.key }
    }

    /// nil removes the key.
    /// - Returns: why it was not taken, as the rest of a sentence; nil if it was.
    public static func set(_ key: String, to value: Value?, of session: Session) -> String? {
        guard !key.isEmpty, key.utf8.count <= mostKeyBytes else { return "a key has 1 to \(mostKeyBytes) bytes" }
        if case .string(let bytes)? = value, bytes.count > mostValueBytes { return "a value has \(mostValueBytes) bytes at most" }
        return lock(session).mutex.withLock { _ in
            var values = session.attributes ?? [:]
            values[key] = value
            if values.count > mostKeys { return "a session has \(mostKeys) attributes at most" }
            session.attributes = values.isEmpty ? nil : values
            return nil
        }
    }
}
