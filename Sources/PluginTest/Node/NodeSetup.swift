import PluginHost

/// What a node in memory is made from.
package struct NodeSetup: Sendable {
    /// The pipeline, as the configuration has it.
    package var pipeline: [PluginLoader.Entry]
    /// The plugins' files, in the order of the pipeline.
    package var bundles: [PluginBundle]
    /// The folder that settings name files in.
    package var directory: String
    package var limits: PluginLimits
    /// Unix time at the start. Seconds.
    package var time: Double
    /// Event loops, each with a Lua state of its own.
    package var loops: Int
    package var generation: UInt64
    /// What the node is called.
    package var name = "node-1"

    /// 2026-01-05 12:00:00 UTC, a Monday.
    package static let defaultTime: Double = 1_767_614_400

    package init(
        pipeline: [PluginLoader.Entry], bundles: [PluginBundle], directory: String, limits: PluginLimits = PluginLimits(),
        time: Double = defaultTime, loops: Int = 1, generation: UInt64 = 1
    ) {
        self.pipeline = pipeline
        self.bundles = bundles
        self.directory = directory
        self.limits = limits
        self.time = time
        self.loops = loops
        self.generation = generation
    }

    /// Whether every uid counts as a user: logins that do not ask the account store.
    var openDirectory: Bool {
        guard let login = pipeline.first(where: { $0.name == "login" }) else { return true }
        return login.settings["mode"].map { $0 != .text("password") } ?? false
    }
}
