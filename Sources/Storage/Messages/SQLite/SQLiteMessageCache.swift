import GRDB

/// Rows that every stored message changes, held between transactions so that each is read once and written once a transaction. What a failed
/// transaction changed must not stay: `forget`.
struct SQLiteMessageCache {
    /// By the bytes of their names: Swift takes composed and decomposed letters for equal.
    struct Name: Hashable {
        let bytes: [UInt8]

        init(_ text: String) { bytes = Array(text.utf8) }

        init(_ first: String, _ second: String) { bytes = Array(first.utf8) + Array(second.utf8) }

        /// All bytes at once: an array's own way takes them one by one.
        func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }

    // @unchecked Sendable, all of them: used on the writing connection's queue only.

    /// Objects, so that one look into the table is enough to read and change them.
    final class Conversation: @unchecked Sendable {
        let id: Int64
        var last: UInt64
        var isChanged = false

        init(id: Int64, last: UInt64) {
            self.id = id
            self.last = last
        }
    }

    final class Mailbox: @unchecked Sendable {
        let id: Int64
        var last: UInt64
        var taken: UInt64
        var isChanged = false

        init(id: Int64, last: UInt64, taken: UInt64) {
            self.id = id
            self.last = last
            self.taken = taken
        }
    }

    final class Device: @unchecked Sendable {
        let user: String
        let device: String
        /// It has everything up to here.
        var position: UInt64
        /// Whether it has acknowledged something beyond.
        var hasKept: Bool
        var isChanged = false

        init(_ user: String, _ device: String, position: UInt64, hasKept: Bool) {
            self.user = user
            self.device = device
            self.position = position
            self.hasKept = hasKept
        }
    }

    /// Names a device of a user: the count says where the user's name ends.
    struct DeviceKey: Hashable {
        let name: Name
        let userCount: Int

        init(_ user: String, _ device: String) {
            name = Name(user, device)
            userCount = user.utf8.count
        }
    }

    /// A mailbox of a group that a user is in.
    struct GroupSource {
        var mailbox: Int64
        /// What lies there up to here is not for the user.
        var since: UInt64
    }

    var conversations: [Name: Conversation] = [:]
    var mailboxes: [Name: Mailbox] = [:]
    var devices: [DeviceKey: Device] = [:]
    private(set) var changedConversations: [Conversation] = []
    private(set) var changedMailboxes: [Mailbox] = []
    private(set) var changedDevices: [Device] = []
    var members: [Name: Set<[UInt8]>] = [:]
    /// By user.
    var groups: [Name: [GroupSource]] = [:]
    private(set) var membersVersion: UInt64 = 0
    private(set) var membersAreChecked = false
    private var statements: SQLiteWriteStatements?

    private static let most = 50_000

    init() {}

    mutating func change(_ row: Conversation) {
        if !row.isChanged { changedConversations.append(row) }
        row.isChanged = true
    }

    mutating func change(_ row: Mailbox) {
        if !row.isChanged { changedMailboxes.append(row) }
        row.isChanged = true
    }

    mutating func change(_ row: Device) {
        if !row.isChanged { changedDevices.append(row) }
        row.isChanged = true
    }

    mutating func forget() {
        let kept = statements
        self = SQLiteMessageCache()
        statements = kept
    }

    /// Of the writing connection.
    mutating func prepared(_ database: Database) throws -> SQLiteWriteStatements {
        if let statements { return statements }
        let made = try SQLiteWriteStatements(database)
        statements = made
        return made
    }

    /// Other processes may have changed groups.
    mutating func groupsHave(_ version: UInt64) {
        if version != membersVersion {
            members = [:]
            groups = [:]
        }
        membersVersion = version
        membersAreChecked = true
    }

    mutating func committed() {
        changedConversations.forEach { $0.isChanged = false }
        changedMailboxes.forEach { $0.isChanged = false }
        changedDevices.forEach { $0.isChanged = false }
        changedConversations.removeAll(keepingCapacity: true)
        changedMailboxes.removeAll(keepingCapacity: true)
        changedDevices.removeAll(keepingCapacity: true)
        membersAreChecked = false
        if conversations.count > Self.most { conversations = [:] }
        if mailboxes.count > Self.most { mailboxes = [:] }
        if members.count > 1000 { members = [:] }
        if devices.count > Self.most { devices = [:] }
        if groups.count > Self.most { groups = [:] }
    }
}
