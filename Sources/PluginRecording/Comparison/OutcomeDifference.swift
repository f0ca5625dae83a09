/// In what two runs of one message differ.
public struct OutcomeDifference: Sendable, Equatable, CustomStringConvertible {
    /// "verdict", "delivery to bob", "notification to bob", "close of bob".
    public var what: String
    public var was: String
    public var now: String

    public var description: String { "\(what): was \(was), now \(now)" }
}
