import Foundation

extension NodeConfiguration {
    /// Reads and checks a configuration: options over environment over file over defaults.
    ///
    /// Relative paths in the file, and default ones, start at the file's folder; those in options and variables, and all when there
    /// is no file, at the working directory.
    ///
    /// - Parameters:
    ///   - file: path of a YAML file, or nil for none.
    ///   - options: `key=value` with a value in YAML, as `--set` takes them; a later one wins.
    ///   - environment: all variables; those that are meant as keys are picked out (`HPUSH_CHAT_PORT`).
    ///   - workingDirectory: an absolute path.
    /// - Throws: `ConfigurationError`, whose description is one line.
    public static func load(
        file: String?,
        options: [String] = [],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        workingDirectory: String = FileManager.default.currentDirectoryPath
    ) throws -> NodeConfiguration {
        var loader = ConfigurationLoader(workingDirectory: workingDirectory)
        if let file { try loader.add(file: file) }
        try loader.add(environment: environment)
        for option in options { try loader.add(option: option) }
        let values = try loader.resolve()
        let configuration = try NodeConfiguration(values)
        try configuration.checkTogether(values)
        return configuration
    }
}
