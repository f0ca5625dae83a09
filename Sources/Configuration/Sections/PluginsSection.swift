/// The plugins, their order, settings and budgets. Keys and defaults: docs/configuration.md.
public struct PluginsSection: Sendable, Hashable {
    /// What a handler may use.
    public struct Limits: Sendable, Hashable {
        public var runMilliseconds: Int
        public var waitMilliseconds: Int
        /// MiB a loop and generation.
        public var memoryMegabytes: Int
        /// Suspended handlers a loop.
        public var suspended: Int
        /// CPU time of an offload function.
        public var offloadMilliseconds: Int
        /// 0: one a core.
        public var offloadThreads: Int
    }

    /// Absolute path.
    public var path: String
    public var watch: Bool
    /// Whether a generation whose plugin fails for many sessions is rolled back.
    public var autoRollback: Bool
    public var limits: Limits
    /// Head first.
    public var pipeline: [PluginEntry]
    /// Where the pipeline was set: the source to name, with an entry's line, when a plugin's own schema refuses its settings.
    public var pipelineOrigin: ConfigurationOrigin

    /// Where an entry of the pipeline stands.
    public func origin(of entry: PluginEntry) -> ConfigurationOrigin {
        if case .file(let path, _) = pipelineOrigin { .file(path: path, line: entry.line) } else { pipelineOrigin }
    }

    /// "FILE:LINE:COLUMN" of an entry, or of one of its settings; what else it was set by where that is no file.
    public func place(of entry: PluginEntry, setting: String? = nil) -> String {
        guard case .file(let path, _) = pipelineOrigin else { return pipelineOrigin.description }
        let place = setting.flatMap { entry.settingPlaces[$0] } ?? PluginEntry.Place(line: entry.line, column: entry.column)
        return place.line > 0 ? "\(path):\(place.line):\(max(place.column, 1))" : path
    }

    init(_ values: ResolvedConfiguration) throws {
        path = try values.string("plugins.path")
        watch = try values.boolean("plugins.watch")
        autoRollback = try values.boolean("plugins.auto_rollback")
        limits = Limits(
            runMilliseconds: try values.integer("plugins.limits.run_ms"),
            waitMilliseconds: try values.integer("plugins.limits.wait_ms"),
            memoryMegabytes: try values.integer("plugins.limits.memory_mb"),
            suspended: try values.integer("plugins.limits.suspended"),
            offloadMilliseconds: try values.integer("plugins.limits.offload_ms"),
            offloadThreads: try values.integer("plugins.limits.offload_threads"))
        pipeline = try values.plugins("plugins.pipeline")
        pipelineOrigin = values.origin(of: "plugins.pipeline")
    }
}
