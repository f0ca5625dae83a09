/// One of the changes that are committed together.
public enum StoreWrite: Sendable {
    case save(MessageDraft)
    /// A device has got these messages, by server_id.
    case acknowledge(user: String, device: String, serverIDs: [UInt64])
    /// A device begins with what no device of its user has got. One that is known already stays as it is.
    case register(user: String, device: String)
    /// Messages stored before that time (milliseconds since 1970) go, the oldest first, some hundred at once; and names of messages that are
    /// no resends any more.
    case expire(before: UInt64, now: UInt64)
}

/// What came of a `StoreWrite`.
public enum StoreOutcome: Sendable, Hashable {
    case saved(serverID: UInt64, sequence: UInt64, isDuplicate: Bool)
    case inboxFull
    /// Larger than the store takes.
    case tooLarge
    case noSuchGroup
    case notMember
    /// How much went, messages and names; 0: nothing is left to do.
    case expired(Int)
    case done
}
