/// What becomes of the messages whose senders wait for a receipt: verbs in, at most one answer a message out. Pure: no sockets, no clock.
///
/// A message begins when its sender's loop takes it (`begin`), its chain of rules sends it to devices (`sent`) and ends (`ended`), devices take it
/// or do not (`device`). It is accepted
/// - when the rules stopped it without sending it to anybody: they have handled it;
/// - else when the first device took it, after the chain's end;
/// - or, once `stores` was called for it, when the store has it (`stored`); devices do not matter then.
/// It failed when the chain says so, when no device took it, and when nothing was known of it for `patience` after the chain's end.
///
/// A "device" is whatever was announced by `sent` and reports by `device`: a session here, or another node that was handed the message and says
/// later what came of it. An outcome names the message by `server_id` alone, so late, doubled and unknown ones are harmless.
///
/// After a failure that may pass, a message that devices still have on their way is kept for another `patience`: when one takes it after all,
/// `.acceptedLate` says so, and the sender's next try is a success. It belongs to one loop, that of the sender's session.
public struct DeliveryTracker {
    /// How a chain of rules ended.
    public enum End: Equatable, Sendable {
        /// Stopped: handled, sent to devices or not.
        case handled
        /// Refused, or failed.
        case failed(Receipt)
    }

    public enum Action: Equatable, Sendable {
        case none
        /// Tell the sender; the only answer to this message.
        case answer(Settled)
        /// The sender was told a failure, and now a device has the message.
        /// - as: the number under which the device has it, if that is another one; else 0.
        case acceptedLate(MessageKey, as: UInt64 = 0)
    }

    public struct Settled: Equatable, Sendable {
        public var serverID: UInt64
        public var address: ReceiptAddress
        public var key: MessageKey?
        public var receipt: Receipt
        /// Whether a device has it, also where the receipt is a failure.
        public var wasTaken: Bool

        public init(serverID: UInt64, address: ReceiptAddress, key: MessageKey?, receipt: Receipt, wasTaken: Bool) {
            self.serverID = serverID
            self.address = address
            self.key = key
            self.receipt = receipt
            self.wasTaken = wasTaken
        }
    }

    struct Entry {
        var serverID: UInt64
        var address: ReceiptAddress
        var key: MessageKey?
        /// Devices that have not said anything yet.
        var pending = 0
        var wasSent = false
        var wasTaken = false
        var wasKept = false
        var hasEnded = false
        var isAnswered = false
        var waitsForStore = false
        /// What the store said.
        var stored: Receipt?
        /// The number it has in the store or at a device, if that is another one: it came before by another way.
        var firstID: UInt64 = 0
        var deadline: UInt64 = 0
        var previous = none
        var next = none
        var isTimed = false
    }

    static let none = Int32(-1)

    let patience: UInt64
    var entries: ContiguousArray<Entry> = []
    var free: [Int32] = []
    var places: [UInt64: Int32] = [:]
    /// Those that wait for devices, by deadline.
    var oldest = none
    var newest = none

    /// - Parameter patience: how long devices and the store have, in the unit of `now`.
    public init(patience: UInt64) { self.patience = patience }

    /// Messages it knows of.
    public var count: Int { places.count }

    // MARK: Verbs

    /// A message comes, or comes again after a failure under the same `server_id`.
    public mutating func begin(_ serverID: UInt64, for address: ReceiptAddress, key: MessageKey?) {
        var entry = Entry(serverID: serverID, address: address, key: key)
        if let place = places[serverID] {
            // Of the try before: its devices may still report.
            untime(place)
            entry.pending = entries[Int(place)].pending
            entry.wasTaken = entries[Int(place)].wasTaken
            entries[Int(place)] = entry
        } else if let place = free.popLast() {
            entries[Int(place)] = entry
            places[serverID] = place
        } else {
            places[serverID] = Int32(entries.count)
            entries.append(entry)
        }
    }

    /// A chain gave it to a device, or tried to: `isQueued` says whether the device will report.
    public mutating func sent(_ serverID: UInt64, isQueued: Bool) {
        guard let place = places[serverID] else { return }
        entries[Int(place)].wasSent = true
        if isQueued { entries[Int(place)].pending += 1 }
    }

    /// A device reports.
    /// - Parameter first: the number under which it has the message, if it had it already under another one. The answer names that one.
    public mutating func device(_ serverID: UInt64, _ outcome: DeliveryOutcome, as first: UInt64 = 0) -> Action {
        guard let place = places[serverID] else { return .none }
        let index = Int(place)
        entries[index].pending = max(entries[index].pending - 1, 0)
        switch outcome {
        case .taken:
            if entries[index].isAnswered {
                let key = entries[index].key
                forget(place)
                return key.map { .acceptedLate($0, as: first) } ?? .none
            }
            entries[index].wasTaken = true
            if first != 0 { entries[index].firstID = first }
        case .kept: entries[index].wasKept = true
        case .refused: break
        }
        return decide(place)
    }

    /// From now on the message is accepted when the store says so, and only then. Called while its chain runs or waits.
    public mutating func stores(_ serverID: UInt64) {
        guard let place = places[serverID] else { return }
        entries[Int(place)].waitsForStore = true
    }

    /// The store has committed the message, or will not.
    /// - Parameter stored: the `server_id` it has there: another one where it was stored before. The answer names that one.
    public mutating func stored(_ serverID: UInt64, _ receipt: Receipt, as stored: UInt64 = 0) -> Action {
        guard let place = places[serverID], entries[Int(place)].waitsForStore else { return .none }
        entries[Int(place)].firstID = stored
        entries[Int(place)].stored = receipt
        return decide(place)
    }

    /// The message's chain of rules has come to its end.
    public mutating func ended(_ serverID: UInt64, _ end: End, now: UInt64) -> Action {
        guard let place = places[serverID], !entries[Int(place)].isAnswered else { return .none }
        entries[Int(place)].hasEnded = true
        if case .failed(let receipt) = end { return answer(place, receipt, now: now) }
        let action = decide(place)
        if action == .none, places[serverID] == place { time(place, until: now + patience) }
        return action
    }

    /// What is over by now; call it until it gives nil.
    public mutating func expired(now: UInt64) -> Action? {
        guard oldest != Self.none, entries[Int(oldest)].deadline <= now else { return nil }
        let place = oldest
        untime(place)
        if entries[Int(place)].isAnswered {
            forget(place)
            return Action.none
        }
        let info = entries[Int(place)].waitsForStore ? "not stored in time" : "no device took it in time"
        return answer(place, Receipt(.unavailable, info), now: now)
    }

    /// When `expired` has something to say next; nil: nothing waits.
    public var nextDeadline: UInt64? { oldest == Self.none ? nil : entries[Int(oldest)].deadline }
}
