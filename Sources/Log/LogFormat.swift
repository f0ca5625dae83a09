/// What a log line looks like.
public enum LogFormat: String, Sendable {
    /// `2026-01-31T12:00:00.000Z info node: message key=value`
    case text
    /// One JSON object a line: `time`, `level`, `logger`, `message` and the metadata under `data`.
    case json
}
