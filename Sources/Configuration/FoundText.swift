import Yams

/// The second half of an error: what stands where something else was expected.
enum FoundText {
    static func describe(_ node: Node, secret: Bool = false) -> String {
        switch node {
        case .scalar(let scalar): describe(PlainScalar.value(of: scalar), secret: secret)
        case .sequence: "a list"
        case .mapping: "a map"
        case .alias: "an alias"
        }
    }

    static func describe(_ value: ConfigValue, secret: Bool) -> String {
        switch value {
        case .null: "nothing"
        case .bool(let value): secret ? "true or false" : String(value)
        case .int(let value): secret ? "an integer" : "the integer \(value)"
        case .double(let value): secret ? "a number" : "the number \(value)"
        case .string(let value): secret ? "another string" : "the string \(OneLine.quoted(value))"
        case .list: "a list"
        case .map: "a map"
        }
    }
}
