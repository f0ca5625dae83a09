/// A value that its key's description accepts.
public enum CheckedValue: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case string(String)
    case strings([String])
    case plugins([PluginEntry])
}

extension CheckedValue: CustomStringConvertible {
    /// YAML flow notation, on one line.
    public var description: String {
        switch self {
        case .integer(let value): String(value)
        case .number(let value): Int(exactly: value).map { String($0) } ?? String(value)
        case .boolean(let value): String(value)
        case .string(let value): value.isEmpty ? "\"\"" : value
        case .strings(let values): "[" + values.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
        case .plugins(let entries): "[ " + entries.map(\.description).joined(separator: ", ") + " ]"
        }
    }
}
