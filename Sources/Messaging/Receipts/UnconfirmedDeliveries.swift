/// Messages that one session was sent and that are not confirmed yet, with the place to tell.
///
/// A session without ACKS has them in the order of its output and confirms with bytes the kernel took; one with ACKS names what arrived. Only
/// messages whose sender waits for a receipt are here. It belongs to the session's loop.
public struct UnconfirmedDeliveries {
    public struct Delivery: Equatable, Sendable {
        /// As the session got it.
        public var serverID: UInt64
        public var origin: DeliveryOrigin
        /// What other nodes call it; nil where no other node can bring it again.
        public var name: MessageName?
        /// As `origin` knows it: another number where it came again meanwhile.
        public var asked: UInt64

        public init(serverID: UInt64, origin: DeliveryOrigin, name: MessageName? = nil) {
            self.serverID = serverID
            self.origin = origin
            self.name = name
            asked = serverID
        }
    }

    private struct Write {
        var delivery: Delivery
        /// Of all bytes counted in `flushed`: with which one it is out.
        var end: UInt64
    }

    /// Messages that a session with ACKS may leave unacknowledged; beyond it the oldest is given up.
    public static let mostAwaited = 4096
    /// Messages of which a session is known to have them; older ones are forgotten.
    public static let mostConfirmed = 256

    private var writes: ContiguousArray<Write> = []
    private var head = 0
    /// Bytes the kernel took while there was something here.
    private var flushed: UInt64 = 0
    private var awaited: [UInt64: Delivery] = [:]
    /// Of `awaited`, oldest first; some are not in it any more.
    private var order: ContiguousArray<UInt64> = []
    private var orderHead = 0
    /// What was confirmed last, for tries that were on their way meanwhile; a ring once it is full.
    private var confirmed: ContiguousArray<UInt64> = []
    private var confirmedNext = 0

    public init() {}

    /// Whether bytes that leave are of interest.
    public var countsFlushes: Bool { head < writes.count }

    public var isEmpty: Bool { !countsFlushes && awaited.isEmpty }

    // MARK: Without ACKS

    /// A message's bytes were put into the output.
    /// - Parameter bytes: that wait there, up to and with its own.
    public mutating func wrote(_ delivery: Delivery, waiting bytes: Int) {
        writes.append(Write(delivery: delivery, end: flushed + UInt64(bytes)))
    }

    /// The kernel took so many bytes more; `nextFlushed` gives what is out with them.
    public mutating func advance(_ bytes: Int) { flushed += UInt64(bytes) }

    public mutating func nextFlushed() -> Delivery? {
        guard head < writes.count, writes[head].end <= flushed else { return nil }
        let write = writes[head]
        head += 1
        if head == writes.count {
            writes.removeAll(keepingCapacity: head <= 64)
            head = 0
        } else if head >= 64, head * 2 >= writes.count {
            writes.removeFirst(head)
            head = 0
        }
        confirm(write.delivery.serverID)
        return write.delivery
    }

    // MARK: With ACKS

    /// A message was sent that the client is to acknowledge.
    /// - Returns: one that is given up for it.
    public mutating func sent(_ delivery: Delivery) -> Delivery? {
        awaited[delivery.serverID] = delivery
        order.append(delivery.serverID)
        guard awaited.count > Self.mostAwaited else {
            if order.count - orderHead > 2 * awaited.count + 64 { tidyOrder() }
            return nil
        }
        while orderHead < order.count {
            let oldest = order[orderHead]
            orderHead += 1
            if let delivery = awaited.removeValue(forKey: oldest) {
                if orderHead * 2 >= order.count { tidyOrder() }
                return delivery
            }
        }
        return nil
    }

    /// The client says that a message arrived: whom to tell; nil when nothing waits for it.
    public mutating func acknowledged(_ serverID: UInt64) -> Delivery? {
        let delivery = awaited.removeValue(forKey: serverID)
        if delivery != nil { confirm(serverID) }
        if awaited.isEmpty {
            order.removeAll(keepingCapacity: order.count <= 64)
            orderHead = 0
        }
        return delivery
    }

    private mutating func tidyOrder() {
        order = ContiguousArray(order[orderHead...].filter { awaited[$0] != nil })
        orderHead = 0
    }

    // MARK: Both

    private mutating func confirm(_ serverID: UInt64) {
        if confirmed.count < Self.mostConfirmed { return confirmed.append(serverID) }
        confirmed[confirmedNext] = serverID
        confirmedNext = (confirmedNext + 1) % Self.mostConfirmed
    }

    /// Whether the session has a message already, as far as it is remembered. Slow; for messages that are tried again.
    public func isConfirmed(_ serverID: UInt64) -> Bool { confirmed.contains(serverID) }

    /// A message that is tried again, under the same number or the same name, and is on its way to this session already needs no second copy: the
    /// origin of `delivery` is told, and of its number. Slow where it goes by the name.
    /// - Returns: the one that was to be told before; nil when the message is not here.
    public mutating func moved(_ delivery: Delivery) -> Delivery? {
        func move(_ place: inout Delivery) -> Delivery {
            let before = place
            place.origin = delivery.origin
            place.asked = delivery.serverID
            return before
        }
        if var known = awaited[delivery.serverID] ?? awaited.values.first(where: { Self.isSame($0, delivery) }) {
            defer { awaited[known.serverID] = known }
            return move(&known)
        }
        guard
            let place = writes[head...].firstIndex(where: {
                $0.delivery.serverID == delivery.serverID || Self.isSame($0.delivery, delivery)
            })
        else { return nil }
        return move(&writes[place].delivery)
    }

    private static func isSame(_ one: Delivery, _ other: Delivery) -> Bool {
        guard let name = one.name else { return false }
        return name == other.name
    }

    /// The session is over: all that it did not confirm.
    public mutating func removeAll() -> [Delivery] {
        let rest = writes[head...].map(\.delivery) + awaited.values
        self = UnconfirmedDeliveries()
        return rest
    }
}
