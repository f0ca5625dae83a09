/// Messages that one session was sent and that are not confirmed yet, with the place to tell.
///
/// A session without ACKS has them in the order of its output and confirms with bytes the kernel took; one with ACKS names what arrived. Only
/// messages whose sender waits for a receipt are here. It belongs to the session's loop.
public struct UnconfirmedDeliveries {
    public struct Delivery: Equatable, Sendable {
        public var serverID: UInt64
        public var origin: DeliveryOrigin

        public init(serverID: UInt64, origin: DeliveryOrigin) {
            self.serverID = serverID
            self.origin = origin
        }
    }

    private struct Write {
        var serverID: UInt64
        var origin: DeliveryOrigin
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
    private var awaited: [UInt64: DeliveryOrigin] = [:]
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
    public mutating func wrote(_ serverID: UInt64, _ origin: DeliveryOrigin, waiting bytes: Int) {
        writes.append(Write(serverID: serverID, origin: origin, end: flushed + UInt64(bytes)))
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
        confirm(write.serverID)
        return Delivery(serverID: write.serverID, origin: write.origin)
    }

    // MARK: With ACKS

    /// A message was sent that the client is to acknowledge.
    /// - Returns: one that is given up for it.
    public mutating func sent(_ serverID: UInt64, _ origin: DeliveryOrigin) -> Delivery? {
        awaited[serverID] = origin
        order.append(serverID)
        guard awaited.count > Self.mostAwaited else {
            if order.count - orderHead > 2 * awaited.count + 64 { tidyOrder() }
            return nil
        }
        while orderHead < order.count {
            let oldest = order[orderHead]
            orderHead += 1
            if let origin = awaited.removeValue(forKey: oldest) {
                if orderHead * 2 >= order.count { tidyOrder() }
                return Delivery(serverID: oldest, origin: origin)
            }
        }
        return nil
    }

    /// The client says that a message arrived: whom to tell; nil when nothing waits for it.
    public mutating func acknowledged(_ serverID: UInt64) -> DeliveryOrigin? {
        let origin = awaited.removeValue(forKey: serverID)
        if origin != nil { confirm(serverID) }
        if awaited.isEmpty {
            order.removeAll(keepingCapacity: order.count <= 64)
            orderHead = 0
        }
        return origin
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

    /// A message that is tried again and is on its way to this session already needs no second copy: the new `origin` is told.
    /// - Returns: the one that was to be told before; nil when the message is not here.
    public mutating func moved(_ serverID: UInt64, to origin: DeliveryOrigin) -> DeliveryOrigin? {
        if let before = awaited[serverID] {
            awaited[serverID] = origin
            return before
        }
        guard let place = writes[head...].firstIndex(where: { $0.serverID == serverID }) else { return nil }
        defer { writes[place].origin = origin }
        return writes[place].origin
    }

    /// The session is over: all that it did not confirm.
    public mutating func removeAll() -> [Delivery] {
        let rest =
            writes[head...].map { Delivery(serverID: $0.serverID, origin: $0.origin) }
            + awaited.map { Delivery(serverID: $0.key, origin: $0.value) }
        self = UnconfirmedDeliveries()
        return rest
    }
}
