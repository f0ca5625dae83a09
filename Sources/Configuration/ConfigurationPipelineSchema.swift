/// The schema of `plugins.pipeline`: names, or one name with its settings. Settings of plugins it does not know may be anything.
struct ConfigurationPipelineSchema {
    let plugins: [(name: String, settings: ConfigValue)]

    private static let namePattern = "^[A-Za-z_][A-Za-z0-9_]{0,63}$"

    var entries: [ConfigValue.Entry] {
        let known: ConfigValue = ["description": "A plugin without settings.", "enum": .list(plugins.map { .string($0.name) })]
        let other: ConfigValue = ["type": "string", "pattern": .string(Self.namePattern)]
        let names: ConfigValue = ["anyOf": .list(plugins.isEmpty ? [other] : [known, other])]
        let withSettings: ConfigValue = [
            "type": "object", "minProperties": 1, "maxProperties": 1,
            "propertyNames": ["pattern": .string(Self.namePattern)],
            "properties": .map(plugins.map { .init(key: $0.name, value: settings($0.settings)) }),
            "additionalProperties": ["description": "A plugin of your own with its settings.", "type": ["object", "null"]],
        ]
        return [
            .init(key: "type", value: "array"),
            .init(key: "items", value: ["if": ["type": "object"], "then": withSettings, "else": names]),
        ]
    }

    private func settings(_ properties: ConfigValue) -> ConfigValue {
        guard case .map(let own) = properties else { return ["type": ["object", "null"]] }
        let onError: ConfigValue = [
            "description": "What becomes of a message when a handler of the plugin fails; a login is always refused.",
            "enum": ["refuse", "skip"], "default": "refuse",
        ]
        return [
            "type": ["object", "null"], "additionalProperties": false,
            "properties": .map(own + [.init(key: "on_error", value: onError)]),
        ]
    }
}
