/// A part of all users: "1/100".
public struct Share: Sendable, Equatable {
    public let oneIn: UInt64

    /// nil for what is no such fraction.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.first == "1", parts.count <= 2, let oneIn = parts.count == 2 ? UInt64(parts[1]) : 1, oneIn > 0 else { return nil }
        self.oneIn = oneIn
    }

    public var text: String { "1/\(oneIn)" }
}
