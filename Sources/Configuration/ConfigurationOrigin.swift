/// Where a value was set.
public enum ConfigurationOrigin: Sendable, Hashable {
    /// A line of the configuration file; `line` counts from 1, 0 stands for the file as a whole.
    case file(path: String, line: Int)
    /// A `--set` option; only the part before `=`, because the other may be a secret.
    case option(key: String)
    /// An environment variable's name.
    case environment(name: String)
    /// The description of keys.
    case builtIn
}

extension ConfigurationOrigin: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let path, let line): line > 0 ? "\(path):\(line)" : path
        case .option(let key): "--set \(key)"
        case .environment(let name): "environment \(name)"
        case .builtIn: "default"
        }
    }
}
