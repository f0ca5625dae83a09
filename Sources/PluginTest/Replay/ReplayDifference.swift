import PluginRecording

/// In what the candidate differs from the recording, for one message or event.
package struct ReplayDifference: Sendable, Equatable, CustomStringConvertible {
    /// The line's number in the recording.
    package var number: UInt64
    /// Seconds since the recording began.
    package var at: Double
    package var uid: String
    /// "message_request", "session_open", "session_close".
    package var type: String
    package var difference: OutcomeDifference

    package var description: String { "#\(number) \(uid) \(type): \(difference)" }
}
