/// The node's numbers of messages that were shown, so that one that comes again is not shown again.
struct SeenMessages {
    private var numbers: Set<UInt64> = []
    private var order: [UInt64] = []
    private var next = 0
    private let limit: Int

    /// - Parameter limit: beyond it the oldest are forgotten.
    init(limit: Int = 1024) { self.limit = limit }

    /// Returns whether it is new. 0, no number, always is.
    mutating func insert(_ number: UInt64) -> Bool {
        guard number != 0 else { return true }
        guard numbers.insert(number).inserted else { return false }
        if order.count < limit {
            order.append(number)
        } else {
            numbers.remove(order[next])
            order[next] = number
            next = (next + 1) % limit
        }
        return true
    }
}
