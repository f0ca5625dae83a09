/// One step of the pipeline: a plugin's name and its settings, which the plugin's own schema checks later.
public struct PluginEntry: Sendable, Hashable {
    public var name: String
    /// A map, empty where the entry is the bare name.
    public var settings: ConfigValue
    /// The entry's line, counted from 1, in the file, option or variable it comes from; 0 for a default.
    public var line: Int

    public init(name: String, settings: ConfigValue = .map([]), line: Int = 0) {
        self.name = name
        self.settings = settings
        self.line = line
    }
}

extension PluginEntry: CustomStringConvertible {
    /// As one writes it in a YAML flow list.
    public var description: String {
        settings == .map([]) ? name : "\(name): \(settings)"
    }
}
