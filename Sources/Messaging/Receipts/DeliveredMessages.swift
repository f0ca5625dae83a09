import Synchronization

/// The tracked messages that devices of this node were given in a cluster, by name and recipient: one that comes again by way of another node, since
/// the first one died or was cut off from its sender, comes under another `server_id`, and is not given to them again. And those that devices took at
/// other nodes before they came here, as those nodes tell.
///
/// One for all loops; any thread; each call takes one lock for a look-up or two. Bounded: the oldest are forgotten, all after two days.
public final class DeliveredMessages: Sendable {
    public enum Verdict: Equatable, Sendable {
        case new
        /// Given to a device, which has not said yet that it has it.
        case underWay
        /// A device has it, under that `server_id`.
        case taken(serverID: UInt64)
    }

    /// Seconds after which half of it is forgotten at the latest.
    static let age: UInt32 = 86_400
    static let laneCount = 16

    private struct Key: Hashable {
        var name: MessageName
        /// Hash of the user it went to, as a rule may send one message to several, or of user and device.
        var recipient: Int
    }

    private struct Entry {
        var serverID: UInt64
        var isTaken = false
    }

    /// Two halves by age. The older one goes as a whole, so an entry has no place in a list.
    private struct Shard {
        let most: Int
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
        var since: UInt32 = 0

        mutating func turn(_ now: UInt32) {
            guard young.count >= most || now &- since >= DeliveredMessages.age else { return }
            old = young
            young = [:]
            since = now
        }
    }

    private final class Lane: Sendable {
        let shard: Mutex<Shard>

        init(_ shard: sending Shard) { self.shard = Mutex(shard) }
    }

    private let lanes: [Lane]

    /// - Parameter capacity: messages it keeps, about 80 bytes each; 0: none.
    public init(capacity: Int) {
        lanes = capacity > 0 ? (0..<Self.laneCount).map { _ in Lane(Shard(most: max(capacity / (2 * Self.laneCount), 1))) } : []
    }

    /// A message is about to be given to the devices of a user.
    /// - Parameter now: monotonic seconds.
    public func begin(_ name: MessageName, to user: UnsafeRawBufferPointer, _ serverID: UInt64, now: UInt32) -> Verdict {
        guard let lane = lane(name) else { return .new }
        let key = Self.key(name, user)
        return lane.shard.withLock { shard in
            guard let entry = shard.young[key] ?? shard.old[key] else {
                shard.turn(now)
                shard.young[key] = Entry(serverID: serverID)
                return .new
            }
            return entry.isTaken ? .taken(serverID: entry.serverID) : .underWay
        }
    }

    /// A device of the user has it.
    public func took(_ name: MessageName, _ user: UnsafeRawBufferPointer, _ serverID: UInt64) {
        let key = Self.key(name, user)
        lane(name)?.shard.withLock { shard in
            // The first one's number stays.
            if shard.young[key]?.isTaken != true, shard.old[key]?.isTaken != true {
                shard.young[key] = Entry(serverID: serverID, isTaken: true)
            }
        }
    }

    /// A device took it at another node.
    /// - Parameter now: monotonic seconds.
    public func tookElsewhere(
        _ name: MessageName, _ user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer, _ serverID: UInt64, now: UInt32
    ) {
        let key = Self.key(name, user, device: device)
        lane(name)?.shard.withLock { shard in
            if shard.young[key] != nil || shard.old[key] != nil { return }
            shard.turn(now)
            shard.young[key] = Entry(serverID: serverID, isTaken: true)
        }
    }

    /// The `server_id` under which a device took it at another node; nil when that is not known.
    public func takenElsewhere(_ name: MessageName, _ user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer) -> UInt64? {
        let key = Self.key(name, user, device: device)
        return lane(name)?.shard.withLock { ($0.young[key] ?? $0.old[key])?.serverID }
    }

    /// Messages it knows of.
    public var count: Int { lanes.reduce(0) { $0 + $1.shard.withLock { $0.young.count + $0.old.count } } }

    private func lane(_ name: MessageName) -> Lane? { lanes.isEmpty ? nil : lanes[Int(name.low % UInt64(Self.laneCount))] }

    private static func key(_ name: MessageName, _ user: UnsafeRawBufferPointer) -> Key {
        var hasher = Hasher()
        hasher.combine(bytes: user)
        return Key(name: name, recipient: hasher.finalize())
    }

    private static func key(_ name: MessageName, _ user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer) -> Key {
        var hasher = Hasher()
        // No user of another length is taken for this one with its device.
        hasher.combine(user.count)
        hasher.combine(bytes: user)
        hasher.combine(bytes: device)
        return Key(name: name, recipient: hasher.finalize())
    }
}
