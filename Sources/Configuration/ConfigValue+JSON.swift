extension ConfigValue {
    /// JSON for people to read: two blanks a level, keys in their order, short lists on one line.
    var json: String { json(indentation: "") }

    private func json(indentation: String) -> String {
        let inner = indentation + "  "
        switch self {
        case .null: return "null"
        case .bool(let value): return String(value)
        case .int(let value): return String(value)
        case .double(let value): return Int(exactly: value).map { String($0) } ?? String(value)
        case .string(let value): return Self.quoted(value)
        case .list(let values):
            if values.allSatisfy(\.isScalar) { return "[" + values.map(\.json).joined(separator: ", ") + "]" }
            return "[\n" + values.map { inner + $0.json(indentation: inner) }.joined(separator: ",\n") + "\n\(indentation)]"
        case .map(let entries):
            if entries.isEmpty { return "{}" }
            let lines = entries.map { "\(inner)\(Self.quoted($0.key)): \($0.value.json(indentation: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
        }
    }

    private var isScalar: Bool {
        switch self {
        case .list, .map: false
        default: true
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

// Schemas are written as literals.

extension ConfigValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: ConfigValue...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, ConfigValue)...) { self = .map(elements.map { Entry(key: $0.0, value: $0.1) }) }
}
