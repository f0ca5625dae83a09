import WireProtocol

/// A page of stored messages, oldest first.
public struct ChatHistoryPage: Sendable, Hashable {
    public let messages: [ChatMessage]
    /// Whether there are messages behind this page.
    public let hasMore: Bool
    /// Give it as `after` for the next page.
    public let lastSequence: UInt64

    public init(messages: [ChatMessage], hasMore: Bool, lastSequence: UInt64) {
        self.messages = messages
        self.hasMore = hasMore
        self.lastSequence = lastSequence
    }

    init(_ wire: WireSyncResponse) {
        self.init(messages: wire.messages.map(ChatMessage.init), hasMore: wire.more, lastSequence: wire.nextSeq)
    }
}
