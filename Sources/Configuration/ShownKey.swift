/// A key with its value as an operator may see it.
public struct ShownKey: Sendable, Hashable {
    /// What stands in the place of a secret.
    public static let hidden = "(secret)"

    public let path: String
    public let value: ConfigValue
    public let origin: ConfigurationOrigin

    init(_ entry: ConfigurationLayer.Entry) {
        path = entry.key.path
        origin = entry.origin
        if entry.key.traits.contains(.secret) {
            value = entry.value == .string("") ? .string("") : .string(Self.hidden)
        } else {
            value = Self.value(entry.value)
        }
    }

    private static func value(_ value: CheckedValue) -> ConfigValue {
        switch value {
        case .integer(let value): .int(value)
        case .number(let value): .double(value)
        case .boolean(let value): .bool(value)
        case .string(let value): .string(value)
        case .strings(let values): .list(values.map(ConfigValue.string))
        case .plugins(let entries):
            .list(
                entries.map {
                    $0.settings == .map([]) ? .string($0.name) : .map([.init(key: $0.name, value: withoutSecrets($0.settings))])
                })
        }
    }

    /// Plugins do not say which of their settings are secrets; their names do.
    private static func withoutSecrets(_ value: ConfigValue) -> ConfigValue {
        switch value {
        case .list(let values): .list(values.map(withoutSecrets))
        case .map(let entries):
            .map(entries.map { .init(key: $0.key, value: isSecret($0.key) ? .string(hidden) : withoutSecrets($0.value)) })
        default: value
        }
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["secret", "password", "token", "credential", "authorization"].contains { name.contains($0) } || name == "key"
            || name.hasSuffix("_key")
    }
}
