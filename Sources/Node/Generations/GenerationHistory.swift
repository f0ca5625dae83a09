/// The generation in force and those before it that a rollback can bring back, as an editor's undo: a reload after a rollback goes on from
/// there, and what was rolled back is forgotten.
struct GenerationHistory<Element: Sendable>: Sendable {
    /// Rollbacks in a row that are possible.
    static var most: Int { 5 }

    private(set) var current: Element
    /// Oldest first.
    private(set) var past: [Element] = []

    init(_ first: Element) { current = first }

    /// What a rollback would bring back.
    var previous: Element? { past.last }

    mutating func reloaded(_ next: Element) {
        past.append(current)
        if past.count > Self.most { past.removeFirst() }
        current = next
    }

    mutating func rolledBack(_ next: Element) {
        _ = past.popLast()
        current = next
    }
}
