/// A value of a JSON text, with the order of its keys.
enum JSON: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Entry])

    struct Entry: Equatable {
        var key: String
        var value: JSON

        init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        // Objects are the same whatever the order of their keys, numbers whatever their form.
        case (.object(let a), .object(let b)): a.count == b.count && a.allSatisfy { entry in right[entry.key] == entry.value }
        case (.integer(let a), .integer(let b)): a == b
        default: left.number.map { $0 == right.number } ?? false
        }
    }

    subscript(_ key: String) -> JSON? {
        guard case .object(let entries) = self else { return nil }
        return entries.last { $0.key == key }?.value
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var array: [JSON]? { if case .array(let values) = self { values } else { nil } }
    var object: [Entry]? { if case .object(let entries) = self { entries } else { nil } }

    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
