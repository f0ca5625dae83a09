import Synchronization

/// The messages of the last 24 hours by what their senders call them, so that one that is sent again is not delivered again. One for all loops of
/// a node: a sender may come back on another one. Any thread; each call takes one lock for a few look-ups.
///
/// Bounded: beyond its capacity, and beyond a 64th of it for one device, the oldest answered messages are forgotten. Those in flight are
/// kept; what bounds them is that a session has only so many requests open.
public final class RememberedMessages: Sendable {
    public enum Verdict: Equatable, Sendable {
        /// Deliver it under the `server_id` that was proposed.
        case new
        /// It failed before: deliver it under the `server_id` it had.
        case again(serverID: UInt64)
        /// The first one is not answered yet; `settle` will name this one's address.
        case inFlight
        /// Answer this.
        case answered(Receipt, serverID: UInt64)
    }

    /// Seconds for which an answered message is remembered.
    public static let lifetime: UInt32 = 86_400

    static let laneCount = 16

    private final class Lane: Sendable {
        let shard: Mutex<RememberedShard>

        init(_ shard: RememberedShard) { self.shard = Mutex(shard) }
    }

    private let lanes: [Lane]
    /// Whether it remembers anything.
    public let isOn: Bool

    /// - Parameter capacity: answered messages it keeps, about 150 bytes each; 0: it does nothing.
    public init(capacity: Int) {
        isOn = capacity > 0
        let lane = max(capacity / Self.laneCount, min(capacity, 1))
        let device = max(capacity / 64, min(lane, 16))
        lanes = (0..<Self.laneCount).map { _ in Lane(RememberedShard(most: lane, mostOfDevice: device)) }
    }

    /// A message has come.
    /// - Parameters:
    ///   - proposed: its `server_id`, should it be new.
    ///   - now: monotonic seconds.
    public func begin(_ key: MessageKey, from address: ReceiptAddress, proposed: UInt64, now: UInt32) -> Verdict {
        guard isOn else { return .new }
        return lane(key).shard.withLock { $0.begin(key, from: address, proposed: proposed, now: now) }
    }

    /// The message is answered.
    /// - Parameter serverID: the number it is answered with from now on; nil: the one it began with.
    /// - Returns: what is to be answered (a device may have taken meanwhile what looked lost), and who else asked for it.
    public func settle(
        _ key: MessageKey, _ receipt: Receipt, as serverID: UInt64? = nil, wasTaken: Bool, now: UInt32
    ) -> (receipt: Receipt, others: [ReceiptAddress]) {
        guard isOn else { return (receipt, []) }
        return lane(key).shard.withLock { $0.settle(key, receipt, as: serverID, wasTaken: wasTaken, now: now) }
    }

    /// A device has taken what was answered with a failure.
    /// - Parameter first: the number under which it has it, if that is another one; else 0.
    public func acceptedLate(_ key: MessageKey, as first: UInt64 = 0) {
        if isOn { lane(key).shard.withLock { $0.acceptedLate(key, as: first) } }
    }

    /// Messages it knows of, in flight or answered.
    public var count: Int { lanes.reduce(0) { $0 + $1.shard.withLock(\.count) } }

    private func lane(_ key: MessageKey) -> Lane { lanes[Int(key.sender % UInt64(Self.laneCount))] }
}
