/// What `hpush.id()` gives. Keys and defaults: docs/configuration.md.
public struct IdentifiersSection: Sendable, Hashable {
    public enum Generator: String, Sendable {
        case snowflake, redis, uuid
    }

    public var generator: Generator

    init(_ values: ResolvedConfiguration) throws {
        generator = try values.choice("ids.generator")
    }
}
