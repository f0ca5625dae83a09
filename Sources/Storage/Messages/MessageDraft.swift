/// A message that is to be stored.
public struct MessageDraft: Sendable {
    public enum Recipient: Sendable, Hashable {
        case user(String)
        case group(String)
    }

    public var sender: String
    /// The sender's device.
    public var device: String
    public var recipient: Recipient
    /// What the sender calls it; 0: it has no name, and is a new message each time.
    public var messageID: UInt64
    /// The node's number; unique.
    public var serverID: UInt64
    /// Milliseconds since 1970.
    public var time: UInt64
    /// The MessageRequest as bytes, without server_id and conversation_seq, and what came around it. The node's affair: stores keep it as it is.
    public var body: [UInt8]
    /// A user's inbox takes no more when it holds so many messages that no device has got.
    public var mostWaiting: Int
    /// Whether only a member may be the sender of a group's message. Not so for messages from outside.
    public var needsMembership = true

    public init(
        sender: String, device: String, recipient: Recipient, messageID: UInt64, serverID: UInt64, time: UInt64, body: [UInt8],
        mostWaiting: Int
    ) {
        self.sender = sender
        self.device = device
        self.recipient = recipient
        self.messageID = messageID
        self.serverID = serverID
        self.time = time
        self.body = body
        self.mostWaiting = mostWaiting
    }

    package var conversation: Conversation {
        switch recipient {
        case .user(let user): .between(sender, user)
        case .group(let name): .group(name)
        }
    }

    /// The name of the mailbox it goes into.
    package var mailbox: String {
        switch recipient {
        case .user(let user): Self.mailbox(ofUser: user)
        case .group(let name): Self.mailbox(ofGroup: name)
        }
    }

    package static func mailbox(ofUser user: String) -> String { "u:" + user }
    package static func mailbox(ofGroup name: String) -> String { "g:" + name }

    /// Milliseconds for which a message with the same names is the same message.
    public static let resendWindow: UInt64 = 86_400_000
}
