/// How often guards kept a plugin's handlers from running.
struct GuardRefusals: Sendable, Equatable {
    /// For a session whose messages made it fail.
    var throttled: UInt64 = 0
    /// For all.
    var quarantined: UInt64 = 0
}
