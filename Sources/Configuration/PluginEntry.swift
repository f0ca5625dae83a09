/// One step of the pipeline: a plugin's name and its settings, which the plugin's own schema checks later.
public struct PluginEntry: Sendable, Hashable {
    public var name: String
    /// A map, empty where the entry is the bare name.
    public var settings: ConfigValue
    /// The entry's line, counted from 1, in the file, option or variable it comes from; 0 for a default.
    public var line: Int
    /// Counted from 1, as the line.
    public var column: Int
    /// Where each setting's key stands, by its name.
    public var settingPlaces: [String: Place]

    /// A line and a column, both counted from 1.
    public struct Place: Sendable, Hashable {
        public var line: Int
        public var column: Int
    }

    public init(
        name: String, settings: ConfigValue = .map([]), line: Int = 0, column: Int = 0, settingPlaces: [String: Place] = [:]
    ) {
        self.name = name
        self.settings = settings
        self.line = line
        self.column = column
        self.settingPlaces = settingPlaces
    }
}

extension PluginEntry: CustomStringConvertible {
    /// As one writes it in a YAML flow list.
    public var description: String {
        settings == .map([]) ? name : "\(name): \(settings)"
    }
}
