/// What was measured of one piece. What does not apply is nil.
struct Row: Codable {
    var name: String
    /// CPU nanoseconds of one operation: the median of the rounds.
    var nanoseconds: Double?
    /// The same of the fastest round.
    var least: Double?
    /// Heap allocations of one operation, over all rounds.
    var allocations: Double?
    /// Resident bytes of one of them.
    var bytes: Double?
}
