/// What a replay found altogether.
package struct ReplaySummary: Sendable, Equatable {
    /// Messages and events that were run and compared.
    package var compared = 0
    /// How many of them differ.
    package var differing = 0
    /// Lines without an outcome, or whose chain did not end.
    package var skipped = 0
    /// Functions that the candidate called and the recording has no answer of, with how many lines they concern.
    package var unanswered: [String: Int] = [:]
}
