/// Logging. Keys and defaults: docs/configuration.md.
public struct LogSection: Sendable, Hashable {
    public enum Level: String, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    public enum Format: String, Sendable {
        case text, json
    }

    public var level: Level
    public var format: Format

    init(_ values: ResolvedConfiguration) throws {
        level = try values.choice("log.level")
        format = try values.choice("log.format")
    }
}
