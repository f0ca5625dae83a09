/// What a generation is made of, as it was read and before anything of it runs.
public struct PluginSources: Sendable, Equatable {
    /// The plugins folder.
    public let directory: String
    public let pipeline: [PluginLoader.Entry]
    /// The files of each plugin of the pipeline.
    public let bundles: [PluginBundle]
    public let limits: PluginLimits

    public init(directory: String, pipeline: [PluginLoader.Entry], bundles: [PluginBundle], limits: PluginLimits) {
        self.directory = directory
        self.pipeline = pipeline
        self.bundles = bundles
        self.limits = limits
    }

    /// Reads the files.
    /// - Throws: `PluginFailure` that names a plugin whose files can't be read.
    public init(_ pipeline: [PluginLoader.Entry], in directory: String, limits: PluginLimits) throws {
        self.init(
            directory: directory, pipeline: pipeline, bundles: try pipeline.map { try PluginBundle(named: $0.name, in: directory) },
            limits: limits)
    }
}
