/// Spans for a collector. Keys and defaults: docs/configuration.md.
public struct TracingSection: Sendable, Hashable {
    /// The share of messages and logins that begin a trace, 0 to 1.
    public var sample: Double
    /// Of an OpenTelemetry collector; empty: none.
    public var otlpURL: String
    /// For OTLP JSON, a batch a line; empty: none.
    public var file: String

    /// Whether spans are made: for traces of other nodes also where none begins here.
    public var isOn: Bool { !otlpURL.isEmpty || !file.isEmpty }

    init(_ values: ResolvedConfiguration) throws {
        sample = try values.number("tracing.sample")
        otlpURL = try values.string("tracing.otlp_url")
        file = try values.string("tracing.file")
    }
}
