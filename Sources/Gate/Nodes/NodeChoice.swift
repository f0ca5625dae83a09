/// Chooses a node for each newcomer: the least loaded that takes logins, equal ones in turn.
///
/// Balances are late. Until a newcomer shows in its node's balance, it is added to it here, for a while: one that never comes must not
/// count for ever.
struct NodeChoice {
    /// How long a newcomer is waited for. Seconds.
    static let patience: Double = 5

    private struct Sent {
        /// When each was sent, oldest first.
        var times: [Double] = []
        var first = 0
        /// As it was last seen.
        var balance: Int

        var count: Int { times.count - first }

        /// Those that a higher balance shows to have come are not waited for any more, nor those that are overdue.
        mutating func settle(balance now: Int, at time: Double) {
            if now > balance { first += min(now - balance, count) }
            balance = now
            while first < times.count, times[first] + NodeChoice.patience <= time { first += 1 }
            if first * 2 >= times.count {
                times.removeFirst(first)
                first = 0
            }
        }
    }

    private var sent: [Int64: Sent] = [:]
    /// The node chosen last: of equal ones, the next is taken.
    private var last = Int64.min

    /// - Parameter time: monotonic seconds.
    /// - Returns: nil when no node takes logins.
    mutating func next(among nodes: [GateNode], at time: Double) -> GateNode? {
        forget(allBut: nodes)
        var best: (node: GateNode, load: Int, turn: Turn)?
        for node in nodes where node.takesLogins {
            sent[node.id, default: Sent(balance: node.balance)].settle(balance: node.balance, at: time)
            let load = node.balance + (sent[node.id]?.count ?? 0)
            let turn = Turn(node.id, after: last)
            if let best, (best.load, best.turn) <= (load, turn) { continue }
            best = (node, load, turn)
        }
        guard let best else { return nil }
        sent[best.node.id]?.times.append(time)
        last = best.node.id
        return best.node
    }

    private mutating func forget(allBut nodes: [GateNode]) {
        guard nodes.count(where: { sent[$0.id] != nil }) < sent.count else { return }
        let known = Set(nodes.map(\.id))
        sent = sent.filter { known.contains($0.key) }
    }

    /// The order of ids, beginning after the last one.
    private struct Turn: Comparable {
        let isAgain: Bool
        let id: Int64

        init(_ id: Int64, after last: Int64) {
            isAgain = id <= last
            self.id = id
        }

        static func < (left: Turn, right: Turn) -> Bool {
            left.isAgain == right.isAgain ? left.id < right.id : right.isAgain
        }
    }
}
