/// Messages whose fate is not known yet, oldest first.
struct Unanswered {
    struct Entry: Equatable {
        let id: UInt64
        let target: ChatTarget
        let text: String
    }

    private(set) var entries: [Entry] = []
    private let limit: Int

    /// - Parameter limit: beyond it the oldest are forgotten (old nodes answer no successes).
    init(limit: Int = 512) {
        self.limit = limit
    }

    mutating func sent(_ id: UInt64, to target: ChatTarget, text: String) {
        if entries.count >= limit { entries.removeFirst() }
        entries.append(Entry(id: id, target: target, text: text))
    }

    /// An answer came; returns what it answers.
    mutating func answered(_ id: UInt64) -> Entry? {
        guard let index = entries.firstIndex(where: { $0.id == id }) else { return nil }
        return entries.remove(at: index)
    }

    mutating func forget() {
        entries = []
    }
}
