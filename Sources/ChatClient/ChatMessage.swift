import WireProtocol

/// A message from a user, to this user or to a group.
public struct ChatMessage: Sendable, Hashable {
    /// The user who sent it; set by the node, cannot be forged.
    public var from: String
    /// The user it was sent to; meaningless when ``group`` is set.
    public var to: String
    /// The group it was sent to, or nil.
    public var group: String?
    /// As the sender wrote it. May hold any character, terminal escape sequences too.
    public var text: String
    /// Milliseconds since 1970 by the sender's clock; 0 when the sender set none.
    public var time: UInt64
    /// The sender's own number for it.
    public var messageID: UInt64
    /// The node's number for it, unique in the cluster; 0 when the node set none.
    public var serverID: UInt64
    /// Its place in the stored conversation: 1, 2, 3 ...; 0 when it is not stored.
    public var conversationSequence: UInt64

    public init(
        from: String, to: String, group: String? = nil, text: String, time: UInt64 = 0, messageID: UInt64 = 0, serverID: UInt64 = 0,
        conversationSequence: UInt64 = 0
    ) {
        self.from = from
        self.to = to
        self.group = group
        self.text = text
        self.time = time
        self.messageID = messageID
        self.serverID = serverID
        self.conversationSequence = conversationSequence
    }
}

extension ChatMessage {
    init(_ wire: WireMessageRequest) {
        self.init(
            from: wire.from, to: wire.to, group: wire.group.isEmpty ? nil : wire.group, text: wire.content, time: wire.time,
            messageID: wire.msgID, serverID: wire.serverID, conversationSequence: wire.conversationSeq)
    }
}
