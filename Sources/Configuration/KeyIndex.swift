/// Look-up of keys by what users write.
struct KeyIndex: Sendable {
    /// What a path means.
    enum Meaning: Sendable {
        case key(ConfigurationKey)
        /// The `_file` sibling of a secret key.
        case file(of: ConfigurationKey)
        case section
    }

    static let shared = KeyIndex(ConfigurationKey.all)

    private var meanings: [String: Meaning] = [:]
    private var paths: [String] = []
    private(set) var environment: [String: String] = [:]

    init(_ keys: [ConfigurationKey]) {
        for key in keys {
            add(key.path, .key(key))
            if let filePath = key.filePath { add(filePath, .file(of: key)) }
            var section = key.path[...]
            while let dot = section.lastIndex(of: ".") {
                section = section[..<dot]
                meanings[String(section)] = .section
            }
        }
    }

    private mutating func add(_ path: String, _ meaning: Meaning) {
        meanings[path] = meaning
        paths.append(path)
        environment[ConfigurationKey.environmentName(of: path)] = path
    }

    subscript(path: String) -> Meaning? { meanings[path] }

    /// Names directly under a section (`""` for the top), in the order of the documentation.
    func children(of section: String) -> [String] {
        var names: [String] = []
        for path in paths where section.isEmpty || path.hasPrefix(section + ".") {
            let name = String(path.dropFirst(section.isEmpty ? 0 : section.count + 1).prefix { $0 != "." })
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// What an unknown path may have meant: a sibling by spelling, or the same name elsewhere.
    func suggestion(for path: String) -> String? {
        let name = path.split(separator: ".").last.map(String.init) ?? path
        let section = path.count > name.count ? String(path.dropLast(name.count + 1)) : ""
        if let sibling = Spelling.nearest(to: name, among: children(of: section)) {
            return section.isEmpty ? sibling : section + "." + sibling
        }
        let elsewhere = paths.filter { $0.hasSuffix("." + name) }
        return elsewhere.count == 1 ? elsewhere[0] : Spelling.nearest(to: path, among: paths)
    }

    /// The refusal of an unknown path.
    func unknown(_ path: String, _ origin: ConfigurationOrigin) -> ConfigurationError {
        let section = path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
        let place = section.isEmpty ? "at the top" : "of \(section)"
        var problem = "expected a key \(place) (\(children(of: section).joined(separator: ", "))), found an unknown key"
        if children(of: section).isEmpty { problem = "expected a known key, found an unknown one" }
        if let suggestion = suggestion(for: path) { problem += "; did you mean \(suggestion)?" }
        return ConfigurationError(origin, key: path, problem)
    }
}
