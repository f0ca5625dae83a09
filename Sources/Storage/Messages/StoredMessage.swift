/// A message as it lies in the store.
public struct StoredMessage: Sendable, Hashable {
    /// Its place among all messages: later ones have higher positions.
    public var position: UInt64
    public var serverID: UInt64
    /// 1, 2, 3 ... in its conversation.
    public var sequence: UInt64
    /// As in `MessageDraft.body`.
    public var body: [UInt8]
    /// When it was stored, in milliseconds since 1970; 0 where nobody asked for it.
    public var time: UInt64

    public init(position: UInt64, serverID: UInt64, sequence: UInt64, body: [UInt8], time: UInt64 = 0) {
        self.position = position
        self.serverID = serverID
        self.sequence = sequence
        self.body = body
        self.time = time
    }
}

/// What waits for a device.
public struct InboxPage: Sendable {
    public var messages: [StoredMessage] = []
    /// Read on after this position.
    public var last: UInt64
    /// Whether there was more when it was read.
    public var more = false
    /// Whether the device is known: one that is not has to be registered first.
    public var isRegistered = true

    public init(last: UInt64) { self.last = last }
}

/// A part of a conversation, ascending.
public struct HistoryPage: Sendable {
    public var messages: [StoredMessage] = []
    public var more = false

    public init() {}
}
