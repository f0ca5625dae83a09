/// The JSON Schema (draft 2020-12) of configuration files, for editors; written from the description of the keys.
///
/// It knows each value by itself. What is only wrong together (ports, secrets of a cluster) the node says at its start, since environment
/// and options count there, too.
public enum ConfigurationSchema {
    /// - Parameter plugins: names and the schemas of their settings (`properties`), in the order to offer them.
    public static func text(plugins: [(name: String, settings: ConfigValue)] = []) -> String {
        var root: [ConfigValue.Entry] = [
            .init(key: "$schema", value: .string("https://json-schema.org/draft/2020-12/schema")),
            .init(key: "title", value: .string("Configuration of HPush")),
            .init(
                key: "$comment",
                value: .string("Written by scripts/docs --write from the description of the keys: do not change it by hand.")),
        ]
        root += section("", ConfigurationPipelineSchema(plugins: plugins))
        return ConfigValue.map(root).json + "\n"
    }

    private static func section(_ path: String, _ pipeline: ConfigurationPipelineSchema) -> [ConfigValue.Entry] {
        var properties: [ConfigValue.Entry] = []
        var exclusions: [ConfigValue] = []
        for name in KeyIndex.shared.children(of: path) {
            let child = path.isEmpty ? name : path + "." + name
            switch KeyIndex.shared[child] {
            case .key(let key):
                properties.append(.init(key: name, value: .map(schema(key, pipeline))))
                if key.traits.contains(.secret) {
                    exclusions.append(["not": ["required": .list([.string(name), .string(name + "_file")])]])
                }
            case .file(of: let key):
                properties.append(
                    .init(
                        key: name,
                        value: [
                            "description": .string("A file to read \(key.path) from. Relative to the file."), "type": "string",
                            "minLength": 1,
                        ]))
            case .section: properties.append(.init(key: name, value: .map(section(child, pipeline))))
            case nil: break
            }
        }
        // A section whose keys are all commented out is null.
        var entries: [ConfigValue.Entry] = [
            .init(key: "type", value: ["object", "null"]), .init(key: "additionalProperties", value: .bool(false)),
            .init(key: "properties", value: .map(properties)),
        ]
        if !exclusions.isEmpty { entries.append(.init(key: "allOf", value: .list(exclusions))) }
        return entries
    }

    private static func schema(_ key: ConfigurationKey, _ pipeline: ConfigurationPipelineSchema) -> [ConfigValue.Entry] {
        var help = key.help
        if key.traits.contains(.secret) { help += " Secret." }
        if key.traits.contains(.path) { help += " Relative to the file." }
        return [.init(key: "description", value: .string(help))] + constraints(key.kind, pipeline)
            + [.init(key: "default", value: value(key.defaultValue))]
    }

    private static func constraints(_ kind: ConfigurationKey.Kind, _ pipeline: ConfigurationPipelineSchema) -> [ConfigValue.Entry] {
        switch kind {
        case .integer(let range):
            [
                .init(key: "type", value: "integer"), .init(key: "minimum", value: .int(range.lowerBound)),
                .init(key: "maximum", value: .int(range.upperBound)),
            ]
        case .number(let range):
            [
                .init(key: "type", value: "number"), .init(key: "minimum", value: .double(range.lowerBound)),
                .init(key: "maximum", value: .double(range.upperBound)),
            ]
        case .boolean: [.init(key: "type", value: "boolean")]
        case .string(let format): text(format)
        case .choice(let words): [.init(key: "enum", value: .list(words.map { .string($0) }))]
        case .strings(let format, let least):
            [
                .init(key: "type", value: "array"), .init(key: "minItems", value: .int(least)),
                .init(key: "items", value: .map(text(format))),
            ]
        case .plugins: pipeline.entries
        }
    }

    private static func text(_ format: StringFormat) -> [ConfigValue.Entry] {
        [.init(key: "type", value: "string")] + (format.pattern.map { [.init(key: "pattern", value: .string($0))] } ?? [])
    }

    private static func value(_ value: CheckedValue) -> ConfigValue {
        switch value {
        case .integer(let value): .int(value)
        case .number(let value): .double(value)
        case .boolean(let value): .bool(value)
        case .string(let value): .string(value)
        case .strings(let values): .list(values.map { .string($0) })
        case .plugins(let entries):
            .list(entries.map { $0.settings == .map([]) ? .string($0.name) : .map([.init(key: $0.name, value: $0.settings)]) })
        }
    }
}
