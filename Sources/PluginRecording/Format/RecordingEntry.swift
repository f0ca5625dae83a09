public import PluginHost

/// One line of a recording behind its header.
public struct RecordingEntry: Sendable, Equatable {
    public enum Event: Sendable, Equatable {
        /// A session is there. `before`: it was when the recording began, so nothing runs for it.
        case open(RecordedSession, before: Bool)
        /// A session ended.
        case close
        /// A message ran through the inbound chain. `body` is that of its frame.
        case message(type: String, body: [UInt8])
    }

    /// Grows in the order in which things began. Lines are written when they are over, so they may stand in another order.
    public var number: UInt64
    /// Seconds since the recording began.
    public var at: Double
    public var loop: Int
    /// The session's number in the recording; 0 before login.
    public var session: UInt64
    public var uid: String
    public var device: String
    public var event: Event
    /// nil where no chain ran.
    public var outcome: RecordedOutcome?

    public init(
        number: UInt64, at: Double, loop: Int, session: UInt64, uid: String, device: String = "", event: Event,
        outcome: RecordedOutcome? = nil
    ) {
        self.number = number
        self.at = at
        self.loop = loop
        self.session = session
        self.uid = uid
        self.device = device
        self.event = event
        self.outcome = outcome
    }
}

/// What plugins can know of a session beyond its user and device.
public struct RecordedSession: Sendable, Equatable {
    public var id: String
    public var platform: UInt32
    public var remote: String
    /// Seconds since 1970.
    public var since: Double
    /// What plugins keep with it.
    public var attributes: [LuaValue.Entry]

    public init(id: String, platform: UInt32, remote: String, since: Double, attributes: [LuaValue.Entry] = []) {
        self.id = id
        self.platform = platform
        self.remote = remote
        self.since = since
        self.attributes = attributes
    }
}
