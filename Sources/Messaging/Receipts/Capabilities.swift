/// What a client may ask for at login (`LoginRequest.capabilities`).
public struct Capabilities: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// As a sender it wants an answer on success, too.
    public static let receipts = Capabilities(rawValue: 1 << 0)
    /// As a recipient it acknowledges what it receives.
    public static let acknowledgements = Capabilities(rawValue: 1 << 1)

    /// All that this node knows; other bits are not granted.
    public static let known: Capabilities = [.receipts, .acknowledgements]
}
