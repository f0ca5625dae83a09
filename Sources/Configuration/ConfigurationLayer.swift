import Yams

/// The values of one source (a file, an option, the environment), checked one by one.
struct ConfigurationLayer {
    /// A value and where it comes from. Of a secret key either the value or the file to read it from.
    struct Entry {
        var key: ConfigurationKey
        /// The path as written: the key's own or its `_file` sibling.
        var path: String
        var value: CheckedValue
        var origin: ConfigurationOrigin
        /// The folder relative paths of this source start from.
        var folder: String
    }

    /// By the key's path.
    private(set) var entries: [String: Entry] = [:]
    let folder: String

    init(folder: String) {
        self.folder = folder
    }

    /// Takes a tree of sections whose root is `section` (`""` for the top).
    mutating func read(_ node: Node, at path: String = "", origin: (Int) -> ConfigurationOrigin) throws {
        switch KeyIndex.shared[path] {
        case .key(let key), .file(of: let key):
            try add(node, key, path, origin)
        case .section:
            try readSection(node, path, origin)
        case nil where path.isEmpty:
            try readSection(node, path, origin)
        case nil:
            throw KeyIndex.shared.unknown(path, origin(node.line))
        }
    }

    /// Takes a value that is text by its source; only lists, numbers and the like are read as YAML.
    mutating func read(text: String, path: String, origin: ConfigurationOrigin) throws {
        switch KeyIndex.shared[path] {
        case .key(let key):
            if let value = try ValueReader(key: key, path: path, origin: { _ in origin }).read(text: text) {
                try add(Entry(key: key, path: path, value: value, origin: origin, folder: folder))
            } else {
                try add(try YAMLText.compose(text, origin: { _ in origin }, key: path), key, path, { _ in origin })
            }
        case .file(of: let key):
            try add(Entry(key: key, path: path, value: .string(text), origin: origin, folder: folder))
        case .section, nil:
            throw KeyIndex.shared.unknown(path, origin)
        }
    }

    private mutating func readSection(_ node: Node, _ path: String, _ origin: (Int) -> ConfigurationOrigin) throws {
        guard case .mapping(let mapping) = node else {
            // A section whose keys are all commented out.
            if let scalar = node.scalar, PlainScalar.value(of: scalar) == .null { return }
            let children = KeyIndex.shared.children(of: path).joined(separator: ", ")
            throw ConfigurationError(
                origin(node.line), key: path, "expected a map of keys (\(children)), found \(FoundText.describe(node))")
        }
        for (keyNode, value) in mapping {
            guard let name = keyNode.scalar?.string else {
                throw ConfigurationError(origin(keyNode.line), key: path, "expected a key, found \(FoundText.describe(keyNode))")
            }
            let childPath = path.isEmpty ? name : path + "." + name
            guard KeyIndex.shared[childPath] != nil else { throw KeyIndex.shared.unknown(childPath, origin(keyNode.line)) }
            guard !name.contains(".") else {
                let nested = name.split(separator: ".").joined(separator: ": { ") + ": ..."
                throw ConfigurationError(origin(keyNode.line), key: childPath, "expected nested maps (\(nested)), found a key with dots")
            }
            try read(value, at: childPath, origin: origin)
        }
    }

    private mutating func add(
        _ node: Node, _ key: ConfigurationKey, _ path: String, _ origin: (Int) -> ConfigurationOrigin
    ) throws {
        guard path == key.path else {
            guard case .scalar(let scalar) = node, case .string(let file) = PlainScalar.value(of: scalar), !file.isEmpty else {
                throw ConfigurationError(origin(node.line), key: path, "expected a file's path, found \(FoundText.describe(node))")
            }
            return try add(Entry(key: key, path: path, value: .string(file), origin: origin(node.line), folder: folder))
        }
        try withoutActuallyEscaping(origin) { origin in
            let value = try ValueReader(key: key, path: path, origin: origin).read(node)
            try add(Entry(key: key, path: path, value: value, origin: origin(node.line), folder: folder))
        }
    }

    private mutating func add(_ entry: Entry) throws {
        if let other = entries[entry.key.path], other.path != entry.path {
            throw ConfigurationError(entry.origin, key: entry.path, "expected \(other.path) or \(entry.path), found both")
        }
        entries[entry.key.path] = entry
    }
}
