/// What is to be recorded.
public struct RecordRequest: Sendable {
    public var sample: Sample
    /// Whether what users wrote is hidden. Passwords and tokens always are.
    public var hidesContents: Bool

    public init(sample: Sample = Sample(), hidesContents: Bool = false) {
        self.sample = sample
        self.hidesContents = hidesContents
    }
}
