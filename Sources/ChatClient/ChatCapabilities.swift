/// What a client asks for at login (`LoginRequest.capabilities`); the node answers with those it grants.
public struct ChatCapabilities: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Successes are answered too, not failures alone (``ChatEvent/receipt(_:)``).
    public static let receipts = ChatCapabilities(rawValue: 1 << 0)
    /// The client acknowledges what it receives (``ChatClient/acknowledge(_:)``); the node repeats the rest at the next login.
    public static let acknowledgements = ChatCapabilities(rawValue: 1 << 1)
}
