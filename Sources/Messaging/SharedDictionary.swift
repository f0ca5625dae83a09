import Synchronization

/// `hpush.shared`: small values that all loops of a node share, with a time to live; a namespace for each plugin. Outlives reloads.
/// Any thread. Bounded: what would not fit is refused, never another entry dropped.
public final class SharedDictionary: Sendable {
    public typealias Value = SessionAttributes.Value

    fileprivate struct Key: Hashable {
        let namespace: String
        let key: String
    }

    fileprivate struct Entry {
        var value: Value
        /// Monotonic seconds; nil for ever.
        var expires: Double?
    }

    fileprivate struct Shard {
        var entries: [Key: Entry] = [:]
        var bytes = 0
        var operations = 0
    }

    public struct Refusal: Error, CustomStringConvertible {
        public let description: String
    }

    public static let mostKeyBytes = 256
    public static let mostValueBytes = 65_536

    private final class Lane: Sendable {
        let shard = Mutex(Shard())
    }

    private let lanes = (0..<16).map { _ in Lane() }
    private let laneCapacity: Int

    /// - Parameter capacity: bytes of keys and values it holds at most, roughly.
    public init(capacity: Int = 64 << 20) { laneCapacity = capacity / 16 }

    public func get(_ namespace: String, _ key: String, now: Double) -> Value? {
        let key = Key(namespace: namespace, key: key)
        return lane(key).shard.withLock { shard in
            guard let entry = shard.entries[key] else { return nil }
            if let expires = entry.expires, expires <= now {
                shard.drop(key)
                return nil
            }
            return entry.value
        }
    }

    /// - Parameter ttl: seconds; nil for ever.
    /// - Throws: `Refusal` when it is too large or the dictionary is full.
    public func set(_ namespace: String, _ key: String, _ value: Value?, ttl: Double?, now: Double) throws(Refusal) {
        let key = try checked(namespace, key)
        guard let value else {
            _ = lane(key).shard.withLock { $0.drop(key) }
            return
        }
        try check(value)
        try lane(key).shard.withLock { shard throws(Refusal) in
            try shard.put(key, Entry(value: value, expires: ttl.map { now + $0 }), capacity: laneCapacity, now: now)
        }
    }

    /// Sets it only where nothing is. True if it did.
    public func add(_ namespace: String, _ key: String, _ value: Value, ttl: Double?, now: Double) throws(Refusal) -> Bool {
        let key = try checked(namespace, key)
        try check(value)
        return try lane(key).shard.withLock { shard throws(Refusal) in
            if let entry = shard.entries[key], entry.expires.map({ $0 > now }) ?? true { return false }
            try shard.put(key, Entry(value: value, expires: ttl.map { now + $0 }), capacity: laneCapacity, now: now)
            return true
        }
    }

    /// Adds to a number, from 0 where there is none; `ttl` counts only when it makes the entry. The new number.
    public func increment(_ namespace: String, _ key: String, by step: Double, ttl: Double?, now: Double) throws(Refusal) -> Value {
        let key = try checked(namespace, key)
        return try lane(key).shard.withLock { shard throws(Refusal) in
            var entry = Entry(value: .integer(0), expires: ttl.map { now + $0 })
            if let old = shard.entries[key], old.expires.map({ $0 > now }) ?? true { entry = old }
            switch entry.value {
            case .integer(let old):
                if let whole = Int64(exactly: step) {
                    let (sum, overflow) = old.addingReportingOverflow(whole)
                    if overflow { throw Refusal(description: "the number would be over 64 bits") }
                    entry.value = .integer(sum)
                } else {
                    entry.value = .number(Double(old) + step)
                }
            case .number(let old): entry.value = .number(old + step)
            default: throw Refusal(description: "the value is no number")
            }
            try shard.put(key, entry, capacity: laneCapacity, now: now)
            return entry.value
        }
    }

    public func delete(_ namespace: String, _ key: String) -> Bool {
        let key = Key(namespace: namespace, key: key)
        return lane(key).shard.withLock { $0.drop(key) }
    }

    private func lane(_ key: Key) -> Lane { lanes[Int(UInt(bitPattern: key.hashValue) % 16)] }

    private func checked(_ namespace: String, _ key: String) throws(Refusal) -> Key {
        guard !key.isEmpty, key.utf8.count <= Self.mostKeyBytes else {
            throw Refusal(description: "a key has 1 to \(Self.mostKeyBytes) bytes")
        }
        return Key(namespace: namespace, key: key)
    }

    private func check(_ value: Value) throws(Refusal) {
        if case .string(let bytes) = value, bytes.count > Self.mostValueBytes {
            throw Refusal(description: "a value has \(Self.mostValueBytes) bytes at most")
        }
    }
}

extension SharedDictionary.Shard {
    private static func size(_ key: SharedDictionary.Key, _ value: SharedDictionary.Value) -> Int {
        var size = key.key.utf8.count + 100
        if case .string(let bytes) = value { size += bytes.count }
        return size
    }

    @discardableResult
    fileprivate mutating func drop(_ key: SharedDictionary.Key) -> Bool {
        guard let old = entries.removeValue(forKey: key) else { return false }
        bytes -= Self.size(key, old.value)
        return true
    }

    fileprivate mutating func put(
        _ key: SharedDictionary.Key, _ entry: SharedDictionary.Entry, capacity: Int, now: Double
    ) throws(SharedDictionary.Refusal) {
        operations += 1
        if operations % 4096 == 0 { dropExpired(now) }
        var added = Self.size(key, entry.value)
        if let old = entries[key] { added -= Self.size(key, old.value) }
        if bytes + added > capacity {
            dropExpired(now)
            if bytes + added > capacity { throw SharedDictionary.Refusal(description: "hpush.shared is full") }
        }
        bytes += added
        entries[key] = entry
    }

    private mutating func dropExpired(_ now: Double) {
        for (key, entry) in entries { if let expires = entry.expires, expires <= now { drop(key) } }
    }
}
