/// The generation in force and those before it that a rollback can bring back, as an editor's undo: a reload after a rollback goes on from
/// there, and what was rolled back is forgotten.
struct GenerationHistory: Sendable {
    /// Rollbacks in a row that are possible.
    static let most = 5

    private(set) var current: Generation
    /// Oldest first.
    private(set) var past: [Generation] = []

    init(_ first: Generation) { current = first }

    /// What a rollback would bring back.
    var previous: Generation? { past.last }

    mutating func reloaded(_ next: Generation) {
        past.append(current)
        if past.count > Self.most { past.removeFirst() }
        current = next
    }

    mutating func rolledBack(_ next: Generation) {
        _ = past.popLast()
        current = next
    }
}
