/// Commands that wait for a connection: bounded by count and bytes, each until its time runs out.
struct WaitingCommands: ~Copyable {
    struct Item {
        var work: Work
        var deadline: UInt64
    }

    let commandLimit: Int
    let byteLimit: Int
    private var items = FIFO<Item>()
    private(set) var bytes = 0
    /// No item's time runs out before.
    private(set) var earliest = UInt64.max

    /// - Parameter byteLimit: also what a connection takes at once when it is there.
    init(_ configuration: RedisConfiguration, byteLimit: Int) {
        commandLimit = max(configuration.queuedCommands, 1)
        self.byteLimit = byteLimit
    }

    var count: Int { items.count }

    func hasRoom(_ more: Int) -> Bool { items.count < commandLimit && (bytes == 0 || bytes + more <= byteLimit) }

    mutating func append(_ work: Work, deadline: UInt64) {
        bytes += work.bytes
        items.append(Item(work: work, deadline: deadline))
        earliest = min(earliest, deadline)
    }

    mutating func popFirst() -> Item? {
        guard let item = items.popFirst() else {
            earliest = .max
            return nil
        }
        bytes -= item.work.bytes
        return item
    }

    /// Takes out those whose time ran out.
    mutating func expired(_ now: UInt64) -> [Work] {
        if now < earliest { return [] }
        var over: [Work] = []
        earliest = .max
        for _ in 0..<items.count {
            guard let item = items.popFirst() else { break }
            if item.deadline <= now {
                bytes -= item.work.bytes
                over.append(item.work)
            } else {
                earliest = min(earliest, item.deadline)
                items.append(item)
            }
        }
        return over
    }
}
