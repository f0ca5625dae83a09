import PluginHost

/// The node that a test's options ask for.
struct TestSetup {
    let node: NodeSetup

    /// - Throws: `TestFailure` for options that make no sense, `PluginFailure` for plugins that are not there.
    init(options: LuaValue, plugin: PluginBundle, folder: String, folders: PluginFolders, limits: PluginLimits) throws {
        let options = try TestOptions(options, known: ["config", "pipeline", "time", "loops"], of: "a test")
        let config = options["config"] ?? .nil
        guard config.isNil || config.entries != nil else { throw TestFailure("config is a table, not \(config.kindWithArticle)") }
        let pipeline = try options["pipeline"].map { try Self.pipeline($0, plugin.name, config) } ?? Self.standard(plugin.name, config)
        let bundles = try pipeline.map { $0.name == plugin.name ? plugin : try folders.bundle(named: $0.name) }
        let loops = try options.integer("loops") ?? 1
        guard (1...8).contains(loops) else { throw TestFailure("loops is 1 to 8, not \(loops)") }
        node = NodeSetup(
            pipeline: pipeline, bundles: bundles, directory: folder, limits: limits,
            time: try options.number("time") ?? NodeSetup.defaultTime, loops: Int(loops))
    }

    /// Anybody may log in, the plugin, then messages are delivered.
    private static func standard(_ plugin: String, _ config: LuaValue) -> [PluginLoader.Entry] {
        var pipeline = [PluginLoader.Entry(name: plugin, settings: config)]
        if plugin != "login" { pipeline.insert(.init(name: "login", settings: .fields(["mode": .text("open")])), at: 0) }
        if plugin != "chat_redirect" { pipeline.append(.init(name: "chat_redirect")) }
        return pipeline
    }

    /// As in the YAML: names, and tables of one name with its settings.
    private static func pipeline(_ value: LuaValue, _ plugin: String, _ config: LuaValue) throws -> [PluginLoader.Entry] {
        guard let items = value.elements else { throw TestFailure("pipeline is a list of plugins, not \(value.kindWithArticle)") }
        let entries = try items.map { item -> PluginLoader.Entry in
            if let name = item.text { return .init(name: name, settings: name == plugin ? config : .nil) }
            guard let fields = item.entries, fields.count == 1, let name = fields[0].key.text, fields[0].value.entries != nil else {
                throw TestFailure("an entry of the pipeline is \"NAME\" or { NAME = { settings } }")
            }
            return .init(name: name, settings: fields[0].value)
        }
        guard entries.contains(where: { $0.name == plugin }) else {
            throw TestFailure("the pipeline lacks \(plugin), the plugin under test")
        }
        return entries
    }
}
