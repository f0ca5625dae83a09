import Yams

/// Checks one value against its key.
struct ValueReader {
    let key: ConfigurationKey
    /// The path as the user wrote it: the key's own, or its `_file` sibling.
    let path: String
    /// Where a node of this source stands.
    let origin: (Int) -> ConfigurationOrigin

    func read(_ node: Node) throws -> CheckedValue {
        switch key.kind {
        case .integer(let range):
            guard case .int(let value) = scalar(node), range.contains(value) else { throw refusal(node) }
            return .integer(value)
        case .number(let range):
            let value: Double? =
                switch scalar(node) {
                case .int(let value): Double(value)
                case .double(let value): value
                default: nil
                }
            guard let value, range.contains(value) else { throw refusal(node) }
            return .number(value)
        case .boolean:
            guard let value = boolean(node) else { throw refusal(node) }
            return .boolean(value)
        case .string(let format):
            guard case .string(let text) = scalar(node) else { throw refusal(node) }
            return try check(text, format, at: node.line)
        case .choice(let words):
            // One of few words, however YAML reads it: 1.2 is a number there.
            guard let text = node.scalar?.string, words.contains(text) else { throw refusal(node) }
            return .string(text)
        case .strings(let format, let least):
            guard case .sequence(let sequence) = node, sequence.count >= least else { throw refusal(node) }
            return .strings(
                try sequence.map { item in
                    guard case .string(let text) = scalar(item), format.accepts(text) else { throw refusal(item) }
                    return text
                })
        case .plugins:
            return .plugins(try PipelineReader(path: path, origin: origin).read(node))
        }
    }

    /// Text that is a string by its source, as an environment variable is.
    func read(text: String) throws -> CheckedValue? {
        switch key.kind {
        case .string(let format):
            return try check(text, format, at: 0)
        case .choice(let words):
            guard words.contains(text) else { throw refusal(Node(text, Tag(.str), .doubleQuoted)) }
            return .string(text)
        case .integer, .number, .boolean, .strings, .plugins:
            return nil
        }
    }

    private func scalar(_ node: Node) -> ConfigValue? {
        node.scalar.map(PlainScalar.value)
    }

    /// YAML 1.1's words are taken as well, because nothing else could be meant here.
    private func boolean(_ node: Node) -> Bool? {
        switch scalar(node) {
        case .bool(let value): value
        case .string(let text) where node.scalar?.style == .plain:
            ["yes", "on"].contains(text.lowercased()) ? true : ["no", "off"].contains(text.lowercased()) ? false : nil
        default: nil
        }
    }

    private func check(_ text: String, _ format: StringFormat, at line: Int) throws -> CheckedValue {
        guard format.accepts(text), !text.utf8.contains(0) else {
            let found = FoundText.describe(.string(text), secret: key.traits.contains(.secret))
            throw ConfigurationError(origin(line), key: path, "expected \(format.expectation), found \(found)")
        }
        return .string(text)
    }

    private func refusal(_ node: Node) -> ConfigurationError {
        var problem = "expected \(key.expectation), found \(FoundText.describe(node, secret: key.traits.contains(.secret)))"
        if case .string = key.kind, let value = scalar(node), value != .null {
            problem += " (put it in quotes)"
        }
        return ConfigurationError(origin(node.line), key: path, problem)
    }
}
