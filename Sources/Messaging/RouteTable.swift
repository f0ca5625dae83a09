import Synchronization

/// Which sessions a user has on this node. One table for all loops, so that a session can be reached from each of them the moment it is in;
/// split into shards with a short lock each, held for a probe and nothing else.
///
/// A table a loop would save the lock and cost a copy a core: 64 copies of a million routes on a large machine, and a round through
/// all loops before each LOGIN_RESPONSE.
public final class RouteTable: @unchecked Sendable {
    // @unchecked: a shard is only touched under its lock.
    private static let shardCount = 64

    /// Bare memory: reaching a shard through objects or arrays would retain each of them, for every message.
    private let shards: UnsafeMutablePointer<Mutex<RouteShard>>
    /// Makes it hopeless to choose names that collide.
    private let seed = UInt64.random(in: .min ... .max)
    @usableFromInline let changes = Atomic<UInt64>(1)

    public init() {
        shards = .allocate(capacity: Self.shardCount)
        for index in 0..<Self.shardCount { (shards + index).initialize(to: Mutex(RouteShard())) }
    }

    deinit {
        shards.deinitialize(count: Self.shardCount)
        shards.deallocate()
    }

    /// Another number after each `add` and `remove`; never 0. What was found is good as long as it stays. Any thread.
    @inlinable
    public var version: UInt64 { changes.load(ordering: .acquiring) }

    /// Makes a session reachable. The table holds it until `remove`.
    public func add(_ session: Session) {
        let hash = hash(session.uidBytes)
        shard(hash).pointee.withLock { $0.add(session, hash: hash) }
        changes.wrappingAdd(1, ordering: .releasing)
    }

    /// Makes a session unreachable. False if it was not in.
    @discardableResult
    public func remove(_ session: Session) -> Bool {
        let hash = hash(session.uidBytes)
        changes.wrappingAdd(1, ordering: .releasing)
        return shard(hash).pointee.withLock { $0.remove(session, hash: hash) }
    }

    /// Puts a user's sessions into `found`, oldest first. Nothing is retained: see `RouteReference`.
    @inline(__always)
    public func sessions(of uid: UnsafeRawBufferPointer, into found: RouteScratch) {
        let hash = hash(uid)
        found.removeAll()
        shard(hash).pointee.withLock { $0.find(uid, hash: hash, into: found) }
    }

    /// A user's sessions, oldest first; any thread.
    public func sessions(of uid: String) -> [Session] {
        var uid = uid
        return uid.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            let hash = hash(bytes)
            return shard(hash).pointee.withLock { $0.sessions(of: bytes, hash: hash) }
        }
    }

    /// Users with a session here; any thread.
    public var userCount: Int { (0..<Self.shardCount).reduce(0) { total, index in total + shards[index].withLock { $0.count } } }

    @inline(__always)
    private func shard(_ hash: UInt64) -> UnsafeMutablePointer<Mutex<RouteShard>> { shards + Int(truncatingIfNeeded: hash >> 58) }

    /// Multiply and fold, 8 bytes a step; seeded.
    @inline(__always)
    private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = seed ^ UInt64(truncatingIfNeeded: bytes.count)
        var offset = 0
        while bytes.count - offset >= 8 {
            state = Self.mix(state ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < bytes.count {
            rest = rest << 8 | UInt64(bytes[offset])
            offset += 1
        }
        return Self.mix(state ^ rest)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
