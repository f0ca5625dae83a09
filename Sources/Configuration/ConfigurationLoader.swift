import Foundation
import Yams

/// Puts the sources together: `--set` over environment over file over defaults.
struct ConfigurationLoader {
    let workingDirectory: String
    private var layers: [ConfigurationLayer] = []
    private var baseFolder: String

    init(workingDirectory: String) {
        self.workingDirectory = workingDirectory
        baseFolder = workingDirectory
    }

    /// The folder defaults are relative to: the file's, or the working directory where there is no file.
    var folder: String { baseFolder }

    mutating func add(file: String) throws {
        let path = Paths.resolve(file, in: workingDirectory)
        let whole = ConfigurationOrigin.file(path: file, line: 0)
        var bytes = try FileText.read(path, limit: 1 << 20) { problem in
            ConfigurationError(whole, "expected a readable configuration file, found \(problem)")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(whole, "expected UTF-8 text, found other bytes")
        }
        baseFolder = Paths.folder(of: path)
        var layer = ConfigurationLayer(folder: baseFolder)
        let origin: (Int) -> ConfigurationOrigin = { .file(path: file, line: $0) }
        try layer.read(try YAMLText.compose(text, origin: origin), origin: origin)
        layers.append(layer)
    }

    mutating func add(environment: [String: String]) throws {
        var layer = ConfigurationLayer(folder: workingDirectory)
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where EnvironmentNames.isKey(name) {
            let origin = ConfigurationOrigin.environment(name: name)
            guard let path = KeyIndex.shared.environment[name] else { throw EnvironmentNames.unknown(name) }
            try layer.read(text: text, path: path, origin: origin)
        }
        layers.append(layer)
    }

    /// `option` is `key=value` with a value in YAML; a later option wins over an earlier one.
    mutating func add(option: String) throws {
        guard let equals = option.firstIndex(of: "="), equals > option.startIndex else {
            // The text is not repeated: it may be a secret that lost its key.
            throw ConfigurationError(.option(key: "KEY=VALUE"), "expected KEY=VALUE, found an option without KEY or =")
        }
        let key = String(option[..<equals])
        let origin: (Int) -> ConfigurationOrigin = { _ in .option(key: key) }
        guard KeyIndex.shared[key] != nil else { throw KeyIndex.shared.unknown(key, origin(0)) }
        var layer = ConfigurationLayer(folder: workingDirectory)
        let node = try YAMLText.compose(String(option[option.index(after: equals)...]), origin: origin, key: key)
        try layer.read(node, at: key, origin: origin)
        layers.append(layer)
    }

    /// The winner of each key, with paths made absolute and secrets read from their files.
    func resolve() throws -> ResolvedConfiguration {
        var entries: [String: ConfigurationLayer.Entry] = [:]
        for key in ConfigurationKey.all {
            entries[key.path] = .init(key: key, path: key.path, value: key.defaultValue, origin: .builtIn, folder: folder)
        }
        for layer in layers { entries.merge(layer.entries) { _, new in new } }
        return ResolvedConfiguration(entries: try entries.mapValues(settle), folder: folder)
    }

    private func settle(_ entry: ConfigurationLayer.Entry) throws -> ConfigurationLayer.Entry {
        guard case .string(let text) = entry.value else { return entry }
        var settled = entry
        if entry.path != entry.key.path {
            settled.value = try SecretFile.read(text, for: entry)
        } else if entry.key.traits.contains(.path), !text.isEmpty {
            settled.value = .string(Paths.resolve(text, in: entry.folder))
        }
        return settled
    }
}
