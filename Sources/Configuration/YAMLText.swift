import Yams

/// Parses YAML, with errors of one line.
enum YAMLText {
    /// The document's root; a null scalar where the text is empty.
    static func compose(_ text: String, origin: (Int) -> ConfigurationOrigin, key: String = "") throws -> Node {
        do {
            return try Yams.compose(yaml: text) ?? Node("", Tag(.null), .plain)
        } catch let error as YamlError {
            let (line, problem) = explain(error)
            throw ConfigurationError(origin(line), key: key, "expected YAML, found a mistake: \(problem)")
        }
    }

    private static func explain(_ error: YamlError) -> (line: Int, problem: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            (mark.line, [context?.text, problem].compactMap { $0 }.joined(separator: ": "))
        case .reader(let problem, let offset, let value, let yaml):
            (offset.map { 1 + yaml.prefix($0).count { $0.isNewline } } ?? 0, "\(problem) (0x\(String(value, radix: 16)))")
        case .duplicatedKeysInMapping(let duplicates, let context):
            (context.mark.line, "the key \(duplicates.sorted().joined(separator: ", ")) twice in one map")
        default:
            (0, error.description)
        }
    }
}
