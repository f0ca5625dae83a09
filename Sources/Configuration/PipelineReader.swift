import Yams

/// Reads `plugins.pipeline`: a list whose items are a plugin's name or a map of one name to its settings, so that block items
/// (`- login: { mode: open }`) and flow items (`[ login: { mode: open }, notification ]`) both work.
struct PipelineReader {
    let path: String
    let origin: (Int) -> ConfigurationOrigin

    func read(_ node: Node) throws -> [PluginEntry] {
        guard case .sequence(let sequence) = node else {
            throw refusal(node, "expected a list of plugins, each NAME or NAME: {settings}, found \(FoundText.describe(node))")
        }
        var entries: [PluginEntry] = []
        for item in sequence {
            let entry = try read(item: item)
            guard !entries.contains(where: { $0.name == entry.name }) else {
                throw refusal(item, "expected each plugin at most once, found \(entry.name) again")
            }
            entries.append(entry)
        }
        return entries
    }

    private func read(item: Node) throws -> PluginEntry {
        switch item {
        case .scalar:
            return PluginEntry(name: try name(item), line: item.line, column: item.column)
        case .mapping(let mapping):
            guard let (nameNode, settings) = mapping.first, mapping.count == 1 else {
                let names = mapping.keys.compactMap(\.string).joined(separator: ", ")
                throw refusal(
                    item,
                    "expected one plugin an item, found \(mapping.count) (\(names)); "
                        + "settings are indented under their plugin, the next plugin starts with '- '")
            }
            return try entry(nameNode, settings)
        case .sequence, .alias:
            throw refusal(item, "expected a plugin's name or NAME: {settings}, found \(FoundText.describe(item))")
        }
    }

    private func entry(_ nameNode: Node, _ settings: Node) throws -> PluginEntry {
        let name = try name(nameNode)
        switch try value(settings, of: name) {
        case .null: return PluginEntry(name: name, line: nameNode.line, column: nameNode.column)
        case .map(let entries):
            return PluginEntry(
                name: name, settings: .map(entries), line: nameNode.line, column: nameNode.column, settingPlaces: Self.places(settings))
        default: throw refusal(settings, "expected the settings of \(name) as a map, found \(FoundText.describe(settings))")
        }
    }

    private static func places(_ settings: Node) -> [String: PluginEntry.Place] {
        guard case .mapping(let mapping) = settings else { return [:] }
        let places = mapping.compactMap { key, _ in
            key.scalar.map { ($0.string, PluginEntry.Place(line: key.line, column: key.column)) }
        }
        return Dictionary(places) { first, _ in first }
    }

    /// Names are folder names and Lua module names.
    private func name(_ node: Node) throws -> String {
        if let text = node.scalar?.string, let first = text.utf8.first, text.utf8.count <= 64,
            Self.isLetter(first), text.utf8.allSatisfy({ Self.isLetter($0) || (48...57).contains($0) })
        {
            return text
        }
        throw refusal(node, "expected a plugin's name (letters, digits, '_'), found \(FoundText.describe(node))")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
    }

    private func value(_ node: Node, of plugin: String) throws -> ConfigValue {
        switch node {
        case .scalar(let scalar):
            return PlainScalar.value(of: scalar)
        case .sequence(let sequence):
            return .list(try sequence.map { try value($0, of: plugin) })
        case .mapping(let mapping):
            return .map(
                try mapping.map { key, item in
                    guard let text = key.scalar?.string else {
                        throw refusal(key, "expected a name as key in the settings of \(plugin), found \(FoundText.describe(key))")
                    }
                    return ConfigValue.Entry(key: text, value: try value(item, of: plugin))
                })
        case .alias:
            throw refusal(node, "expected a value in the settings of \(plugin), found an alias")
        }
    }

    private func refusal(_ node: Node, _ problem: String) -> ConfigurationError {
        ConfigurationError(origin(node.line), key: path, problem)
    }
}
