/// Why a configuration is refused. The description is one line: `SOURCE: KEY: what was expected, what was found`, where SOURCE is
/// `FILE:LINE`, `--set KEY`, `environment NAME` or `default`. Values of secret keys never appear in it.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    /// Where the refused value comes from.
    public let origin: ConfigurationOrigin
    /// The key's path (`chat.port`), empty where no key is concerned (a file that cannot be read).
    public let key: String
    /// What was expected and what was found.
    public let problem: String

    init(_ origin: ConfigurationOrigin, key: String = "", _ problem: String) {
        self.origin = origin
        self.key = key
        self.problem = problem
    }

    public var description: String {
        OneLine.escaped(([origin.description] + (key.isEmpty ? [] : [key]) + [problem]).joined(separator: ": "))
    }
}
