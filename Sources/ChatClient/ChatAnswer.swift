import WireProtocol

/// The node's answer to one message sent: a failure, or a success when ``ChatCapabilities/receipts`` was granted.
public struct ChatAnswer: Sendable, Hashable {
    /// 0 for a success; see docs/protocol.md for the others (4 too many requests, 6 no such user or group, ...).
    public let code: UInt32
    /// The node's words; may be empty.
    public let info: String
    /// The `sequence` of the request.
    public let sequence: UInt64
    /// What ``ChatClient/send(to:text:messageID:)`` returned.
    public let messageID: UInt64
    /// The node's number for the message; 0 when it set none.
    public let serverID: UInt64

    public init(code: UInt32, info: String, sequence: UInt64, messageID: UInt64, serverID: UInt64 = 0) {
        self.code = code
        self.info = info
        self.sequence = sequence
        self.messageID = messageID
        self.serverID = serverID
    }

    init(_ message: WireMessage) {
        let wire = message.messageResponse
        self.init(
            code: wire.code, info: wire.info, sequence: message.sequence, messageID: wire.msgID, serverID: wire.serverID)
    }
}
