/// Loads a generation: reads the files once, finds out what each plugin needs, checks its settings, and makes a state for each loop.
///
/// Runs off the event loops. Nothing of the running generation is touched.
public struct PluginLoader: Sendable {
    /// One place of the pipeline: a plugin and the settings given to it.
    public struct Entry: Sendable, Equatable {
        public let name: String
        /// A table, or nil for none.
        public let settings: LuaValue

        public init(name: String, settings: LuaValue = .nil) {
            self.name = name
            self.settings = settings
        }
    }

    /// A checked set of plugins, from which states are made.
    public struct Checked: Sendable {
        public let plugins: [PluginDescription]
        public let sources: PluginSources
        /// The files that settings name, by path.
        public let settingFiles: [String: [UInt8]?]
        let settings: [LuaValue]
        let skipErrors: [Bool]

        /// The settings of a plugin of the pipeline, with its defaults; nil: it has no place there.
        public func settings(of plugin: String) -> LuaValue? { plugins.firstIndex { $0.name == plugin }.map { settings[$0] } }

        /// The main file of each plugin.
        public var files: [String] { sources.bundles.map(\.mainPath) }

        /// Whether other rules would come of these sources, or of the same ones with the setting files of now.
        public func differs(from sources: PluginSources) -> Bool {
            sources != self.sources || SettingFiles.differ(from: settingFiles)
        }
    }

    public let limits: PluginLimits
    /// What scripts see as the clock; nil: the machine's.
    public var time: PluginTime?

    public init(limits: PluginLimits, time: PluginTime? = nil) {
        self.limits = limits
        self.time = time
    }

    /// Reads and checks the plugins of a pipeline.
    /// - Throws: `PluginFailure`.
    public func check<Services: PluginServices>(
        _ pipeline: [Entry], in directory: String, functions: [HostFunction<Services>], services: Services
    ) throws -> Checked {
        try check(PluginSources(pipeline, in: directory, limits: limits), functions: functions, services: services)
    }

    /// Checks plugins that were read already. `directory` is where files that settings name are looked for.
    /// - Throws: `PluginFailure`.
    public func check<Services: PluginServices>(
        _ pipeline: [Entry], bundles: [PluginBundle], directory: String, functions: [HostFunction<Services>], services: Services
    ) throws -> Checked {
        let sources = PluginSources(directory: directory, pipeline: pipeline, bundles: bundles, limits: limits)
        return try check(sources, functions: functions, services: services)
    }

    /// Checks what was read. `files` reads what settings name; whoever brings one sees afterwards what was read, also when this throws.
    /// - Throws: `PluginFailure`.
    public func check<Services: PluginServices>(
        _ sources: PluginSources, files: SettingFiles? = nil, functions: [HostFunction<Services>], services: Services
    ) throws -> Checked {
        let pipeline = sources.pipeline
        var seen: Set<String> = []
        for entry in pipeline where !seen.insert(entry.name).inserted {
            throw PluginFailure(plugin: entry.name, reason: "it stands in the pipeline twice")
        }
        guard Watchdog.watchThread() else { throw PluginFailure(plugin: "host", reason: "the watchdog could not be started") }
        // `needs` stands in the table that the chunk returns, so a first run, in a state that is thrown away, has everything.
        let scout = try PluginState(functions: functions, services: services, limits: limits, generation: 0, time: time)
        let knownNeeds = Set(functions.compactMap(\.need)).union(["redirect"])
        let files = files ?? SettingFiles(directory: sources.directory)
        var checked: [(PluginDescription, LuaValue, Bool)] = []
        for (index, entry) in pipeline.enumerated() {
            try scout.load(sources.bundles[index], needs: ["*"])
            let description = try PluginDescription(name: entry.name, scout.describe(index), knownNeeds: knownNeeds)
            let (settings, skipErrors) = try description.check(entry.settings, files: files)
            checked.append((description, settings, skipErrors))
        }
        return Checked(
            plugins: checked.map(\.0), sources: sources, settingFiles: files.texts, settings: checked.map(\.1),
            skipErrors: checked.map(\.2))
    }

    /// Makes a state for one loop, ready for `initialise`.
    /// - Parameter use: `.offload` makes it for a worker thread: it has the plugins with offload functions only.
    /// - Throws: `PluginFailure`.
    public func makeState<Services: PluginServices>(
        _ checked: Checked, functions: [HostFunction<Services>], services: Services, generation: UInt64, use: PluginStateUse = .handlers
    ) throws -> PluginState {
        let state = try PluginState(
            functions: functions, services: services, limits: limits, generation: generation, time: time, use: use)
        for (index, bundle) in checked.sources.bundles.enumerated() {
            if use == .offload, checked.plugins[index].offload.isEmpty { continue }
            let own = state.pluginNames.count
            try state.load(bundle, needs: checked.plugins[index].needs)
            try state.configure(own, checked.settings[index], skipErrors: checked.skipErrors[index])
        }
        try state.buildPipeline()
        return state
    }
}
