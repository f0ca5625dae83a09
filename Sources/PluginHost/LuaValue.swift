/// A value on its way between Lua and the host. Strings are bytes: Lua's need not be UTF-8.
public enum LuaValue: Sendable, Equatable {
    case `nil`
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string([UInt8])
    case list([LuaValue])
    case table([Entry])
    /// A session, by the host's handle.
    case session(UInt64)
    /// A message, valid during the host call that carries it.
    case message(MessageReference)

    /// Key and value of a table. Order is kept, since a schema or a setting reads better as it was written.
    public struct Entry: Sendable, Equatable {
        public var key: LuaValue
        public var value: LuaValue

        public init(_ key: LuaValue, _ value: LuaValue) {
            self.key = key
            self.value = value
        }
    }
}

extension LuaValue {
    public static func text(_ text: String) -> LuaValue { .string(Array(text.utf8)) }

    public static func fields(_ fields: KeyValuePairs<String, LuaValue>) -> LuaValue {
        .table(fields.map { Entry(.text($0.key), $0.value) })
    }

    /// The string as text; nil for other kinds and for bytes that are not UTF-8.
    public var text: String? {
        if case .string(let bytes) = self { String(validating: bytes, as: UTF8.self) } else { nil }
    }

    public var bytes: [UInt8]? {
        if case .string(let bytes) = self { bytes } else { nil }
    }

    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    public var isNil: Bool { self == .nil }

    /// The elements of a list; an empty table is an empty list.
    public var elements: [LuaValue]? {
        switch self {
        case .list(let values): values
        case .table(let entries) where entries.isEmpty: []
        default: nil
        }
    }

    /// The entries of a table; those of a list have the keys 1, 2, 3 ...
    public var entries: [Entry]? {
        switch self {
        case .table(let entries): entries
        case .list(let values): values.enumerated().map { Entry(.integer(Int64($0.offset + 1)), $0.element) }
        default: nil
        }
    }

    /// The value of a field with a string key; nil if it is absent.
    public subscript(_ name: String) -> LuaValue? {
        guard case .table(let entries) = self else { return nil }
        return entries.first { $0.key.text == name }?.value
    }

    /// "an integer", "a string".
    public var kindWithArticle: String { (kind == "integer" ? "an " : "a ") + kind }

    /// The kind as a Lua author calls it.
    public var kind: String {
        switch self {
        case .nil: "nil"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .list, .table: "table"
        case .session: "session"
        case .message: "message"
        }
    }
}
