/// Rows that every stored message changes, held between transactions so that each is read once and written once a transaction. What a failed
/// transaction changed must not stay: `forget`.
struct SQLiteMessageCache {
    struct Conversation {
        var id: Int64
        var last: UInt64
        var isChanged = false
    }

    struct Mailbox {
        var id: Int64
        var last: UInt64
        var taken: UInt64
        var isChanged = false
    }

    /// By the bytes of their names: Swift takes composed and decomposed letters for equal.
    var conversations: [[UInt8]: Conversation] = [:]
    var mailboxes: [[UInt8]: Mailbox] = [:]
    var changedConversations: [[UInt8]] = []
    var changedMailboxes: [[UInt8]] = []
    var members: [[UInt8]: Set<[UInt8]>] = [:]
    var membersVersion: UInt64 = 0
    var membersAreChecked = false

    private static let most = 50_000

    mutating func forget() { self = SQLiteMessageCache() }

    mutating func committed() {
        changedConversations.removeAll(keepingCapacity: true)
        changedMailboxes.removeAll(keepingCapacity: true)
        membersAreChecked = false
        if conversations.count > Self.most { conversations = [:] }
        if mailboxes.count > Self.most { mailboxes = [:] }
        if members.count > 1000 { members = [:] }
    }
}
