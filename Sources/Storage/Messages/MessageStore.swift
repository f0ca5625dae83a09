/// Messages by conversation, the inboxes of users, groups.
///
/// A message is one row, also in a group. It lies in the mailbox of its recipient, a user or a group; what waits for a device is what lies in the
/// mailboxes of its user and of the user's groups and which the device has not acknowledged. A device's cursor is the position up to which it
/// has everything; acknowledgements beyond a gap are kept one by one.
///
/// Every call may wait for a disk, so event loops reach it through a `BlockingPool`, and `commit` through a `MessageWriter`. All calls are
/// thread-safe. Names are compared byte by byte. Errors are `MessageStoreError`.
public protocol MessageStore: Sendable {
    /// Makes changes in one transaction, in their order; synced to disk when it returns. When it throws, nothing is changed; `.refused` says that
    /// others of them may be taken without the one that is at fault.
    /// - Returns: an outcome for each.
    func commit(_ writes: [StoreWrite]) throws -> [StoreOutcome]

    /// What waits for a device, in the order in which it was stored: at most `limit` messages and about `bytes` of bodies.
    /// - Parameter after: where the page before ended; nil: at the device's cursor.
    func inbox(of user: String, device: String, after: UInt64?, limit: Int, bytes: Int) throws -> InboxPage

    /// A conversation from the message after `sequence` on: at most `limit` messages and about `bytes` of bodies, but one at least.
    func history(_ conversation: Conversation, after sequence: UInt64, limit: Int, bytes: Int) throws -> HistoryPage
    /// The highest sequence of a conversation; 0: nobody has written.
    func lastSequence(of conversation: Conversation) throws -> UInt64

    /// Throws `.groupExists`, `.badGroupName`, `.badMember`.
    func createGroup(_ name: String, members: [String]) throws
    /// Adding one who is there already is no error. New members get what is stored from now on. Throws `.noSuchGroup`, `.badMember`.
    func addMembers(_ users: [String], to group: String) throws
    /// Throws `.noSuchGroup`, `.noSuchMember`.
    func removeMembers(_ users: [String], from group: String) throws
    /// In ascending order of bytes; nil: there is no such group.
    func members(of group: String) throws -> [String]?
    /// Names of groups in ascending order of bytes; of one user's where a user is given.
    func groups(of user: String?) throws -> [String]
    /// Grows with every change of a group, whoever makes it.
    func groupVersion() throws -> UInt64

    /// Keeps when devices were last logged in. Later times win.
    func keep(_ sightings: [DeviceSighting]) throws
    /// The devices of a user, the last seen first.
    func devices(of user: String) throws -> [DeviceSighting]

    /// What may go of conversations with more than `kept` messages; at most `limit` messages of each. Reads, and holds up nobody.
    /// - Parameters:
    ///   - seenSince: devices not seen since then, in milliseconds since 1970, wait for nothing.
    ///   - conversation: where the page before ended; nil: from the first one on.
    func excess(over kept: Int, seenSince: UInt64, after conversation: Int64?, limit: Int) throws -> ExcessPage
    /// Removes these messages, in one transaction.
    func remove(_ excesses: [Excess]) throws
}
