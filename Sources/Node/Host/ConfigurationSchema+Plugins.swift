import HPushConfiguration
import PluginHost

// The schema of a configuration knows the settings of the plugins there are.

extension ConfigurationSchema {
    public static func text(plugins: [PluginDescription]) -> String {
        text(
            plugins: plugins.map { plugin in
                (plugin.name, .map(plugin.settings.map { .init(key: $0.name, value: .map($0.schema)) }))
            })
    }
}

extension SettingSchema {
    fileprivate var schema: [ConfigValue.Entry] {
        var entries: [ConfigValue.Entry] = []
        if let help { entries.append(.init(key: "description", value: .string(help))) }
        entries.append(.init(key: "type", value: .string(type)))
        if kind == .file { entries.append(.init(key: "minLength", value: 1)) }
        if let minimum { entries.append(.init(key: "minimum", value: .double(minimum))) }
        if let maximum { entries.append(.init(key: "maximum", value: .double(maximum))) }
        let choices = choices.compactMap { ConfigValue($0, asList: false) }
        if !choices.isEmpty { entries.append(.init(key: "enum", value: .list(choices))) }
        if let defaultValue, let value = ConfigValue(defaultValue, asList: kind == .list) {
            entries.append(.init(key: "default", value: value))
        }
        return entries
    }

    private var type: String {
        switch kind {
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .string, .file: "string"
        case .list: "array"
        case .table: "object"
        }
    }
}

extension ConfigValue {
    /// nil for what has no form in JSON. An empty table may be either: `asList` says which.
    fileprivate init?(_ value: LuaValue, asList: Bool) {
        if let bool = value.bool {
            self = .bool(bool)
        } else if let integer = value.integer.flatMap({ Int(exactly: $0) }) {
            self = .int(integer)
        } else if let number = value.number {
            self = .double(number)
        } else if let text = value.text {
            self = .string(text)
        } else if asList, let elements = value.elements {
            self = .list(elements.compactMap { ConfigValue($0, asList: false) })
        } else if let entries = value.entries {
            self = .map(
                entries.compactMap { entry in
                    guard let key = entry.key.text, let value = ConfigValue(entry.value, asList: false) else { return nil }
                    return .init(key: key, value: value)
                })
        } else {
            return nil
        }
    }
}
