import Logging

/// Writes log lines to standard error, each whole and at once.
///
/// What a client or a script put into a message cannot forge lines: line breaks and other control characters come out escaped.
public struct NodeLogHandler: LogHandler {
    /// A logger's own level; nil: the process'.
    private var ownLevel: Logger.Level?
    private let threshold: LogThreshold
    public var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let output: any LogOutput

    /// - Parameter threshold: from which level on it logs, now and later.
    public init(label: String, threshold: LogThreshold, format: LogFormat, output: any LogOutput = StandardErrorOutput()) {
        self.label = label
        self.format = format
        self.output = output
        self.threshold = threshold
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        let line = LogLine(
            milliseconds: WallClock.milliseconds(), level: event.level, logger: label, message: event.message.description,
            metadata: all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        output.write(line.rendered(as: format))
    }
}
