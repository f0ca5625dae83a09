/// Something wrong with a plugin, on one line.
public struct PluginProblem: Sendable, Hashable, CustomStringConvertible {
    /// "FILE:LINE:COLUMN" of a source file, "FILE:LINE" of a configuration, or what else has no lines.
    public var place: String
    public var message: String

    public init(place: String, message: String) {
        self.place = place
        self.message = message
    }

    public var description: String { "\(place): \(message)" }
}
