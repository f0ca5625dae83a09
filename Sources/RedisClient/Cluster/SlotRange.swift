/// A range of slots and who has them, as `CLUSTER SLOTS` tells.
struct SlotRange: Equatable {
    var slots: ClosedRange<Int>
    var master: RedisAddress
    var replicas: [RedisAddress]

    /// - Parameter asked: the node that was asked; nodes that do not know their own host mean the one they were reached by.
    /// - Returns: nil when that is no slot map.
    static func all(_ answer: RESPValue, asked: RedisAddress) -> [SlotRange]? {
        guard let entries = answer.array else { return nil }
        var ranges: [SlotRange] = []
        for entry in entries {
            guard let parts = entry.array, parts.count >= 3, let first = parts[0].int, let last = parts[1].int, first <= last,
                first >= 0, last < HashSlot.count
            else { return nil }
            let nodes = parts[2...].compactMap { address($0, asked: asked) }
            guard let master = nodes.first else { continue }
            ranges.append(SlotRange(slots: first...last, master: master, replicas: Array(nodes.dropFirst())))
        }
        return ranges
    }

    private static func address(_ node: RESPValue, asked: RedisAddress) -> RedisAddress? {
        guard let parts = node.array, parts.count >= 2, let port = parts[1].int, (1...65_535).contains(port) else { return nil }
        let host = parts[0].text ?? ""
        if host == "?" { return nil }
        return RedisAddress(host.isEmpty ? asked.host : host, port)
    }
}
