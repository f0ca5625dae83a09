/// The answers of one session, in the order of its requests: one that is known early waits for those before it.
///
/// Bounded by its owner, who stops reading the session when `count` is too large. It belongs to the session's loop.
public struct AnswerQueue {
    /// A MESSAGE_RESPONSE to be written.
    public struct Answer: Equatable, Sendable {
        public var sequence: UInt64
        public var messageID: UInt64
        /// 0: none.
        public var serverID: UInt64
        public var receipt: Receipt

        public init(sequence: UInt64, messageID: UInt64, serverID: UInt64, receipt: Receipt) {
            self.sequence = sequence
            self.messageID = messageID
            self.serverID = serverID
            self.receipt = receipt
        }
    }

    private struct Entry {
        var sequence: UInt64
        var messageID: UInt64
        var serverID: UInt64 = 0
        var receipt: Receipt?
    }

    private var entries: ContiguousArray<Entry> = []
    private var head = 0
    /// Ticket of the entry at `head`.
    private var first: UInt64 = 1

    public init() {}

    /// Requests that are not answered yet.
    public var count: Int { entries.count - head }

    /// Takes a place for the answer to a request that has come. The ticket is never 0 and never given again.
    public mutating func open(sequence: UInt64, messageID: UInt64) -> UInt64 {
        entries.append(Entry(sequence: sequence, messageID: messageID))
        return first + UInt64(entries.count - head - 1)
    }

    /// The answer is known; a second one, or one for a ticket that is not open, does nothing.
    public mutating func settle(_ ticket: UInt64, _ receipt: Receipt, serverID: UInt64) {
        guard ticket >= first, ticket - first < UInt64(count) else { return }
        let place = head + Int(ticket - first)
        guard entries[place].receipt == nil else { return }
        entries[place].receipt = receipt
        entries[place].serverID = serverID
    }

    /// Takes the next answer out, if all before it are out.
    public mutating func next() -> Answer? {
        guard head < entries.count, let receipt = entries[head].receipt else { return nil }
        let entry = entries[head]
        entries[head].receipt = nil
        head += 1
        first += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: head <= 64)
            head = 0
        } else if head >= 64, head * 2 >= entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return Answer(sequence: entry.sequence, messageID: entry.messageID, serverID: entry.serverID, receipt: receipt)
    }

    /// Gives up waiting: all answers that are known, in order. The others will never come out.
    public mutating func abandon() -> [Answer] {
        let known = entries[head...].compactMap { entry in
            entry.receipt.map { Answer(sequence: entry.sequence, messageID: entry.messageID, serverID: entry.serverID, receipt: $0) }
        }
        first += UInt64(count)
        entries = []
        head = 0
        return known
    }
}
