import Synchronization

/// Who has sessions on which other nodes, as far as it was asked: a cache of the routes in Redis. What is not in it is not known; that a user
/// has no session elsewhere is known too. Any thread; a look-up takes one short lock.
public final class RemoteRoutes: Sendable {
    private static let shardBits: UInt64 = 6

    private let shards: [Shard]
    private let seed = UInt64.random(in: .min ... .max)
    private let most: Int

    private final class Shard: Sendable {
        let entries = Mutex(RemoteRouteShard())
    }

    /// - Parameter most: users it knows at most; beyond that some are forgotten.
    public init(most: Int = 1 << 20) {
        self.most = max(most >> Self.shardBits, 1)
        shards = (0..<(1 << Self.shardBits)).map { _ in Shard() }
    }

    /// Puts the nodes on which a user has sessions into `nodes`, each with the number of sessions. False when it is not known.
    @inline(__always)
    public func find(_ uid: UnsafeRawBufferPointer, into nodes: inout RemoteNodes) -> Bool {
        let hash = hash(uid)
        return shard(hash).entries.withLock { $0.find(uid, hash: hash, into: &nodes) }
    }

    /// A user's sessions on other nodes; nil when it is not known.
    public func sessions(of uid: String) -> [RemoteSession]? {
        withHash(uid) { bytes, hash in shard(hash).entries.withLock { $0.sessions(of: bytes, hash: hash) } }
    }

    public func store(_ uid: String, _ sessions: [RemoteSession]) {
        withHash(uid) { bytes, hash in shard(hash).entries.withLock { $0.store(bytes, hash: hash, sessions, most: most) } }
    }

    /// It is not known any more.
    public func forget(_ uid: String) {
        withHash(uid) { bytes, hash in shard(hash).entries.withLock { $0.forget(bytes, hash: hash) } }
    }

    /// The user has no session on that node, whatever was known.
    public func forget(_ uid: String, on node: NodeID) {
        withHash(uid) { bytes, hash in shard(hash).entries.withLock { $0.forget(bytes, hash: hash, on: node) } }
    }

    public func forgetAll() {
        for shard in shards { shard.entries.withLock { $0 = RemoteRouteShard() } }
    }

    public var count: Int { shards.reduce(0) { total, shard in total + shard.entries.withLock { $0.count } } }

    @inline(__always)
    private func shard(_ hash: UInt64) -> Shard { shards[Int(truncatingIfNeeded: hash >> (64 - Self.shardBits))] }

    private func withHash<Result>(_ uid: String, _ body: (UnsafeRawBufferPointer, UInt64) -> Result) -> Result {
        var uid = uid
        return uid.withUTF8 {
            let bytes = UnsafeRawBufferPointer($0)
            return body(bytes, hash(bytes))
        }
    }

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
