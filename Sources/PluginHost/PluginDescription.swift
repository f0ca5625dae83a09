/// What a plugin says of itself in the table it returns.
public struct PluginDescription: Sendable, Equatable {
    public struct Timer: Sendable, Equatable {
        /// Seconds.
        public let every: Double
        public let eachLoop: Bool
    }

    /// The host API versions this host serves.
    public static let supportedAPI: ClosedRange<Int64> = 1...1

    public let name: String
    public let api: Int64
    public let version: String?
    public let needs: [String]
    public let settings: [SettingSchema]
    public let inbound: [String]
    public let outbound: [String]
    public let events: [String]
    public let routes: [String]
    public let timers: [Timer]
    public let offload: [String]
    public let hasSave: Bool
    public let hasRestore: Bool

    init(name: String, _ value: LuaValue, knownNeeds: Set<String>) throws {
        self.name = name
        func names(_ key: String) -> [String] { (value[key]?.elements ?? []).compactMap(\.text).sorted() }
        api = value["api"]?.integer ?? 0
        guard Self.supportedAPI.contains(api) else {
            throw PluginFailure(plugin: name, reason: "it is written for host API \(api), this host has \(Self.supportedAPI.upperBound)")
        }
        version = value["version"]?.text
        needs = try Self.needs(value["needs"], of: name, known: knownNeeds)
        settings = try (value["config"]?.entries ?? []).map { entry in
            guard let setting = entry.key.text else { throw PluginFailure(plugin: name, reason: "config has settings by name") }
            return try SettingSchema(name: setting, entry.value, plugin: name)
        }.sorted { $0.name < $1.name }
        inbound = names("inbound")
        outbound = names("outbound")
        events = names("events")
        routes = names("routes")
        offload = names("offload")
        timers = (value["timers"]?.elements ?? []).map {
            Timer(every: $0["every"]?.number ?? 0, eachLoop: $0["each_loop"]?.bool ?? false)
        }
        hasSave = value["save"]?.bool ?? false
        hasRestore = value["restore"]?.bool ?? false
    }

    private static func needs(_ value: LuaValue?, of plugin: String, known: Set<String>) throws -> [String] {
        guard let value else { return [] }
        guard let elements = value.elements else { throw PluginFailure(plugin: plugin, reason: "needs is a list of names") }
        return try elements.map { element in
            guard let need = element.text else {
                throw PluginFailure(plugin: plugin, reason: "needs is a list of names, one is a \(element.kind)")
            }
            guard known.contains(need) else {
                throw PluginFailure(
                    plugin: plugin,
                    reason: "needs names '\(need)', which this host does not have; it has \(known.sorted().joined(separator: ", "))")
            }
            return need
        }
    }

    /// Checks settings against the schema and fills in defaults. `on_error` is taken by the host and not handed on.
    /// - Throws: `PluginFailure` that names the setting and what was expected.
    func check(_ given: LuaValue, files: SettingFiles) throws -> (settings: LuaValue, skipErrors: Bool) {
        guard let entries = given.isNil ? [] : given.entries else {
            throw entryFailure("its settings are a table, not a \(given.kind)")
        }
        var checked: [String: LuaValue] = [:]
        var skipErrors = false
        for entry in entries {
            guard let key = entry.key.text else {
                throw entryFailure("its settings have names, one is a \(entry.key.kind)")
            }
            if key == "on_error" {
                guard let choice = entry.value.text, ["skip", "refuse"].contains(choice) else {
                    throw entryFailure("setting 'on_error' is one of refuse, skip")
                }
                skipErrors = choice == "skip"
                continue
            }
            guard let schema = settings.first(where: { $0.name == key }) else {
                let names = settings.map(\.name) + ["on_error"]
                throw entryFailure("unknown setting '\(key)'; it has \(names.joined(separator: ", "))")
            }
            if let problem = schema.problem(with: entry.value) { throw entryFailure("setting '\(key)' \(problem)") }
            checked[key] = schema.kind == .integer ? entry.value.integer.map { .integer($0) } ?? entry.value : entry.value
        }
        let all = try settings.compactMap { schema -> LuaValue.Entry? in
            guard let value = checked[schema.name] ?? schema.defaultValue else { return nil }
            guard schema.kind == .file, let path = value.text else { return .init(.text(schema.name), value) }
            do { return .init(.text(schema.name), .string(try files.read(path))) } catch {
                throw entryFailure("setting '\(schema.name)': \(error)")
            }
        }
        return (.table(all), skipErrors)
    }

    private func entryFailure(_ reason: String) -> PluginFailure { PluginFailure(plugin: name, reason: reason, concernsEntry: true) }
}
