import Messaging
import PluginHost

// Attributes and shared entries hold strings, numbers and booleans.

extension LuaValue {
    package init(_ value: SessionAttributes.Value) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let bytes): self = .string(bytes)
        }
    }
}

extension SessionAttributes.Value {
    /// nil for nil, which removes.
    package init?(_ value: LuaValue, _ what: String) throws {
        switch value {
        case .nil: return nil
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let bytes): self = .string(bytes)
        default: throw HostCallError("\(what) is a string, a number or a boolean, not a \(value.kind)")
        }
    }
}
