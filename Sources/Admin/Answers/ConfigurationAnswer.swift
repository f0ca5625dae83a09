import HPushConfiguration

/// The body of `GET /v1/config`.
struct ConfigurationAnswer: Encodable {
    /// Sections and keys as in the file.
    var config: JSONValue
    /// Where what is no default was set, by the key's path.
    var origins: [String: String]

    init(_ configuration: NodeConfiguration) {
        var root = JSONValue.object([:])
        for key in configuration.shown { root.set(JSONValue(key.value), at: key.path.split(separator: ".").map(String.init)[...]) }
        config = root
        origins = Dictionary(
            uniqueKeysWithValues: configuration.shown.compactMap { key in
                key.origin == .builtIn ? nil : (key.path, key.origin.description)
            })
    }
}

extension JSONValue {
    fileprivate mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let name = path.first else { return self = value }
        var properties: [String: JSONValue] = [:]
        if case .object(let own) = self { properties = own }
        var child = properties[name] ?? .object([:])
        child.set(value, at: path.dropFirst())
        properties[name] = child
        self = .object(properties)
    }

    fileprivate init(_ value: ConfigValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .signed(Int64(value))
        case .double(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .list(let values): self = .array(values.map(JSONValue.init))
        case .map(let entries): self = .object(Dictionary(entries.map { ($0.key, JSONValue($0.value)) }) { _, last in last })
        }
    }
}
