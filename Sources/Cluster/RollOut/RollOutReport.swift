/// `/plugins/nodes/ID`, ephemeral: what a node runs of what was rolled out.
public struct RollOutReport: Codable, Sendable, Equatable {
    /// As in `RollOutRecord`: what it was asked for.
    public var bundle: String
    /// In force there.
    public var generation: UInt64
    /// Why it runs something else; nil: it runs the bundle.
    public var error: String?

    public init(bundle: String, generation: UInt64, error: String?) {
        self.bundle = bundle
        self.generation = generation
        self.error = error
    }
}
