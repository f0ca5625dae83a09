/// The description of one key. Checking, `--set`, environment names, defaults and the documentation all come from it.
public struct ConfigurationKey: Sendable {
    /// Type and range.
    public enum Kind: Sendable, Hashable {
        case integer(ClosedRange<Int>)
        /// With or without a fraction.
        case number(ClosedRange<Double>)
        case boolean
        case string(StringFormat)
        case choice([String])
        /// A list of strings.
        case strings(StringFormat, atLeast: Int = 1)
        /// The plugin pipeline.
        case plugins
    }

    /// What else is special.
    public struct Traits: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// Never printed; may be read from a file named by the key `PATH_file`.
        public static let secret = Traits(rawValue: 1)
        /// A file or folder; relative to the folder of the configuration file.
        public static let path = Traits(rawValue: 2)
    }

    /// `chat.port`.
    public let path: String
    public let kind: Kind
    public let defaultValue: CheckedValue
    public let traits: Traits
    /// One line for the documentation, with the unit where the name does not carry it.
    public let help: String

    init(_ path: String, _ kind: Kind, default defaultValue: CheckedValue, _ traits: Traits = [], help: String) {
        self.path = path
        self.kind = kind
        self.defaultValue = defaultValue
        self.traits = traits
        self.help = help
    }

    /// The key that names a file to read this key's value from; nil for keys that are not secret.
    public var filePath: String? { traits.contains(.secret) ? path + "_file" : nil }

    /// `HPUSH_CHAT_PORT` for `chat.port`.
    public var environmentName: String { Self.environmentName(of: path) }

    static func environmentName(of path: String) -> String {
        "HPUSH_" + path.uppercased().replacing(".", with: "_")
    }

    /// What is expected, for errors and documentation.
    public var expectation: String {
        switch kind {
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "a number from \(CheckedValue.number(range.lowerBound)) to \(CheckedValue.number(range.upperBound))"
        case .boolean: "true or false"
        case .string(let format): format.expectation
        case .choice(let words): words.count == 2 ? words.joined(separator: " or ") : "one of " + words.joined(separator: ", ")
        case .strings(let format, let least): "a list of \(format.expectation)" + (least > 0 ? ", at least one" : ", or []")
        case .plugins: "a list of plugins, each NAME or NAME: {settings}"
        }
    }
}
