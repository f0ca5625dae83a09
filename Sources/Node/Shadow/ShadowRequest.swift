/// What is to run beside the rules in force.
public struct ShadowRequest: Sendable {
    /// A folder on the node's machine; plugins of the pipeline that it lacks are those in force.
    public var directory: String
    public var sample: Sample
    /// Whether what users wrote is hidden in differences.
    public var hidesContents: Bool

    public init(directory: String, sample: Sample = Sample(), hidesContents: Bool = false) {
        self.directory = directory
        self.sample = sample
        self.hidesContents = hidesContents
    }
}
