/// Every key with its value and where that comes from.
struct ResolvedConfiguration {
    let entries: [String: ConfigurationLayer.Entry]
    /// The folder of the configuration file, or the working directory.
    let folder: String

    func origin(of path: String) -> ConfigurationOrigin { entries[path]?.origin ?? .builtIn }

    func integer(_ path: String) throws -> Int {
        guard case .integer(let value) = entries[path]?.value else { throw undescribed(path) }
        return value
    }

    func number(_ path: String) throws -> Double {
        guard case .number(let value) = entries[path]?.value else { throw undescribed(path) }
        return value
    }

    func boolean(_ path: String) throws -> Bool {
        guard case .boolean(let value) = entries[path]?.value else { throw undescribed(path) }
        return value
    }

    func string(_ path: String) throws -> String {
        guard case .string(let value) = entries[path]?.value else { throw undescribed(path) }
        return value
    }

    func secret(_ path: String) throws -> Secret { Secret(try string(path)) }

    func strings(_ path: String) throws -> [String] {
        guard case .strings(let value) = entries[path]?.value else { throw undescribed(path) }
        return value
    }

    func plugins(_ path: String) throws -> [PluginEntry] {
        guard case .plugins(let value) = entries[path]?.value else { throw undescribed(path) }
        return value
    }

    func choice<Choice: RawRepresentable<String>>(_ path: String) throws -> Choice {
        guard let value = Choice(rawValue: try string(path)) else { throw undescribed(path) }
        return value
    }

    /// The description and the typed sections disagree; every test that loads a configuration would show it.
    private func undescribed(_ path: String) -> ConfigurationError {
        ConfigurationError(.builtIn, key: path, "expected a description of this key of the type the node reads, found none")
    }
}
