import Logging

/// One line of the log.
struct LogLine {
    /// Since 1970.
    var milliseconds: Int64
    var level: Logger.Level
    var logger: String
    var message: String
    var metadata: [(key: String, value: Logger.MetadataValue)]

    /// The line with its line break.
    func rendered(as format: LogFormat) -> String {
        switch format {
        case .text: text + "\n"
        case .json: json + "\n"
        }
    }

    private var text: String {
        let pairs = metadata.map { " \(TextEscape.word($0.key))=\(TextEscape.word($0.value.description))" }
        return "\(Timestamp.text(milliseconds)) \(level.rawValue) \(logger): \(TextEscape.line(message))\(pairs.joined())"
    }

    private var json: String {
        var fields = [
            ("time", JSONText.string(Timestamp.text(milliseconds))), ("level", JSONText.string(level.rawValue)),
            ("logger", JSONText.string(logger)), ("message", JSONText.string(message)),
        ]
        if !metadata.isEmpty { fields.append(("data", JSONText.object(metadata.map { ($0.key, JSONText.value($0.value)) }))) }
        return JSONText.object(fields)
    }
}
