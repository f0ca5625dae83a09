/// A message from outside: from a company's own server, in a user's name. No rule of the pipeline sees it.
public struct PushMessage: Sendable, Hashable {
    public enum Recipient: Sendable, Hashable {
        case user(String)
        case group(String)
    }

    // As the fields of MessageRequest.

    public var from: String
    public var recipient: Recipient
    public var content: String
    public var messageID: UInt64 = 0
    /// Milliseconds since 1970; nil: now.
    public var time: UInt64?
    public var messageType: UInt32 = 0
    public var url = ""
    public var property = ""
    public var fromNick = ""
    public var json = ""

    public init(from: String, recipient: Recipient, content: String) {
        self.from = from
        self.recipient = recipient
        self.content = content
    }
}

/// Who gets a notice.
public enum NoticeAudience: Sendable, Hashable {
    case user(String)
    case everybody
}

/// What came of a message.
public struct PushAnswer: Codable, Sendable, Hashable {
    /// Sessions it was queued for.
    public var sessions: Int
    /// As text: JavaScript has no whole numbers beyond 2^53.
    public var serverId: String
    /// Whether it is on the disk: who is not there gets it at the next login.
    public var stored: Bool
    /// Whether it was stored before, under this number: its `msg_id` was known. It is not delivered again.
    public var duplicate: Bool

    public init(sessions: Int, serverId: String, stored: Bool = false, duplicate: Bool = false) {
        self.sessions = sessions
        self.serverId = serverId
        self.stored = stored
        self.duplicate = duplicate
    }
}

/// What came of a notice.
public struct NoticeAnswer: Codable, Sendable, Hashable {
    /// Sessions it was queued for.
    public var sessions: Int

    public init(sessions: Int) { self.sessions = sessions }
}
