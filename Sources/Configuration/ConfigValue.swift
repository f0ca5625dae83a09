/// A value as YAML has them, free of any YAML library: what a plugin's settings are made of.
///
/// Plain scalars follow YAML 1.2's core schema: `true`, `false`, `null`, decimal integers and numbers; everything else,
/// `yes` and `no` too, is a string.
public enum ConfigValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([ConfigValue])
    /// Entries in the order of the file.
    case map([Entry])

    /// One entry of a map.
    public struct Entry: Sendable, Hashable {
        public var key: String
        public var value: ConfigValue

        public init(key: String, value: ConfigValue) {
            self.key = key
            self.value = value
        }
    }

    /// The value under a key; nil where this is no map or the key is absent.
    public subscript(key: String) -> ConfigValue? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }
}

extension ConfigValue: CustomStringConvertible {
    /// YAML flow notation, on one line.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .string(let value): OneLine.quoted(value)
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .map(let entries): "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}
