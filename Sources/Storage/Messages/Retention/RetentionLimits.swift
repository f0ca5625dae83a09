/// How much of conversations is kept. What is 0 has no limit.
public struct RetentionLimits: Sendable, Hashable {
    /// Older messages go, whether devices have got them or not.
    public var days: Int
    /// Older ones of a conversation go, once no device waits for them.
    public var messagesPerConversation: Int
    /// A device that nobody has logged in with for so long waits for nothing.
    public var deviceDays: Int

    public init(days: Int = 0, messagesPerConversation: Int = 0, deviceDays: Int = 0) {
        self.days = days
        self.messagesPerConversation = messagesPerConversation
        self.deviceDays = deviceDays
    }

    static let day: UInt64 = 86_400_000
}
