public import PluginHost

/// The first line of a recording: where and of what it was made.
public struct RecordingHeader: Sendable, Equatable {
    /// One plugin of the pipeline that was recorded.
    public struct Plugin: Sendable, Equatable {
        public var name: String
        public var version: String?
        /// As the configuration has them; nil for none.
        public var settings: LuaValue

        public init(name: String, version: String? = nil, settings: LuaValue = .nil) {
            self.name = name
            self.version = version
            self.settings = settings
        }
    }

    /// Of the format. A reader refuses others.
    public static let version: Int64 = 1

    public var node: String
    /// Seconds since 1970; times of lines count from it.
    public var started: Double
    public var loops: Int
    public var generation: UInt64
    public var pipeline: [Plugin]
    /// Whether what users wrote is hidden (`Redaction`).
    public var redacted: Bool

    public init(node: String, started: Double, loops: Int, generation: UInt64, pipeline: [Plugin], redacted: Bool) {
        self.node = node
        self.started = started
        self.loops = loops
        self.generation = generation
        self.pipeline = pipeline
        self.redacted = redacted
    }
}
