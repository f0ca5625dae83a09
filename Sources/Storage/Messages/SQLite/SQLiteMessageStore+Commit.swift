import Foundation
import GRDB

extension SQLiteMessageStore {
    public func commit(_ writes: [StoreWrite]) throws -> [StoreOutcome] {
        try Self.translating(path) {
            try database.writeWithoutTransaction { database in
                try cache.withLock { cache in
                    do {
                        var outcomes: [StoreOutcome] = []
                        outcomes.reserveCapacity(writes.count)
                        try database.inTransaction(.immediate) {
                            for write in writes { outcomes.append(try Self.apply(write, database, &cache)) }
                            try Self.writeBack(database, &cache)
                            return .commit
                        }
                        cache.committed()
                        return outcomes
                    } catch {
                        cache.forget()
                        throw error
                    }
                }
            }
        }
    }

    private static func apply(_ write: StoreWrite, _ database: Database, _ cache: inout SQLiteMessageCache) throws -> StoreOutcome {
        switch write {
        case .save(let draft): return try save(draft, database, &cache)
        case .acknowledge(let user, let device, let serverIDs):
            try acknowledge(user, device, serverIDs, database, &cache)
            return .done
        case .register(let user, let device):
            _ = try register(user, device, database)
            return .done
        case .expire(let before, let now): return .expired(try expire(before: before, now: now, database, &cache))
        }
    }

    // MARK: Saving

    private static func save(_ draft: MessageDraft, _ database: Database, _ cache: inout SQLiteMessageCache) throws -> StoreOutcome {
        if case .group(let name) = draft.recipient {
            guard let members = try members(name, database, &cache) else { return .noSuchGroup }
            guard !draft.needsMembership || members.contains(Array(draft.sender.utf8)) else { return .notMember }
        }
        let mailboxKey = Array(draft.mailbox.utf8)
        let mailbox = try mailbox(mailboxKey, draft.mailbox, database, &cache)
        let key: StatementArguments = [draft.sender, draft.device, mailbox.id, Int64(bitPattern: draft.messageID)]
        if draft.messageID != 0 {
            let statement = try database.cachedStatement(
                sql: "SELECT server_id, seq, stored_ms FROM sent WHERE sender = ? AND device = ? AND mailbox = ? AND msg_id = ?")
            if let row = try Row.fetchOne(statement, arguments: key), number(row[2]) + MessageDraft.resendWindow > draft.time {
                return .saved(serverID: number(row[0]), sequence: number(row[1]), isDuplicate: true)
            }
        }
        if case .user = draft.recipient, mailbox.last - mailbox.taken >= UInt64(max(draft.mostWaiting, 0)) { return .inboxFull }
        let conversationName = draft.conversation.key
        let conversationKey = Array(conversationName.utf8)
        let conversation = try conversation(conversationKey, conversationName, database, &cache)
        let sequence = conversation.last + 1
        if !conversation.isChanged { cache.changedConversations.append(conversationKey) }
        cache.conversations[conversationKey] = .init(id: conversation.id, last: sequence, isChanged: true)
        if !mailbox.isChanged { cache.changedMailboxes.append(mailboxKey) }
        cache.mailboxes[mailboxKey] = .init(id: mailbox.id, last: mailbox.last + 1, taken: mailbox.taken, isChanged: true)
        let insertion = try database.cachedStatement(
            sql: """
                INSERT INTO message (server_id, conversation, seq, mailbox, number, sender, device, stored_ms, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try insertion.execute(arguments: [
            Int64(bitPattern: draft.serverID), conversation.id, Int64(sequence), mailbox.id, Int64(mailbox.last + 1), draft.sender,
            draft.device, Int64(bitPattern: draft.time), Bytes(draft.body),
        ])
        if draft.messageID != 0 {
            let statement = try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO sent (sender, device, mailbox, msg_id, server_id, seq, stored_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
                    """)
            try statement.execute(
                arguments: key + [Int64(bitPattern: draft.serverID), Int64(sequence), Int64(bitPattern: draft.time)])
        }
        return .saved(serverID: draft.serverID, sequence: sequence, isDuplicate: false)
    }

    static func number(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }

    // MARK: Rows that are held

    static func mailbox(
        _ key: [UInt8], _ name: String, _ database: Database, _ cache: inout SQLiteMessageCache
    ) throws -> SQLiteMessageCache.Mailbox {
        if let known = cache.mailboxes[key] { return known }
        let select = try database.cachedStatement(sql: "SELECT id, last, taken FROM mailbox WHERE name = ?")
        let found: SQLiteMessageCache.Mailbox
        if let row = try Row.fetchOne(select, arguments: [name]) {
            found = .init(id: row[0], last: number(row[1]), taken: number(row[2]))
        } else {
            try database.cachedStatement(sql: "INSERT INTO mailbox (name, last, taken) VALUES (?, 0, 0)").execute(arguments: [name])
            found = .init(id: database.lastInsertedRowID, last: 0, taken: 0)
        }
        cache.mailboxes[key] = found
        return found
    }

    private static func conversation(
        _ key: [UInt8], _ name: String, _ database: Database, _ cache: inout SQLiteMessageCache
    ) throws -> SQLiteMessageCache.Conversation {
        if let known = cache.conversations[key] { return known }
        let select = try database.cachedStatement(sql: "SELECT id, last_seq FROM conversation WHERE name = ?")
        let found: SQLiteMessageCache.Conversation
        if let row = try Row.fetchOne(select, arguments: [name]) {
            found = .init(id: row[0], last: number(row[1]))
        } else {
            try database.cachedStatement(sql: "INSERT INTO conversation (name, last_seq) VALUES (?, 0)").execute(arguments: [name])
            found = .init(id: database.lastInsertedRowID, last: 0)
        }
        cache.conversations[key] = found
        return found
    }

    private static func members(_ name: String, _ database: Database, _ cache: inout SQLiteMessageCache) throws -> Set<[UInt8]>? {
        if !cache.membersAreChecked {
            let version = try groupVersion(database)
            if version != cache.membersVersion { cache.members = [:] }
            cache.membersVersion = version
            cache.membersAreChecked = true
        }
        let key = Array(name.utf8)
        if let known = cache.members[key] { return known }
        guard let users = try memberNames(name, database) else { return nil }
        let members = Set(users.map { Array($0.utf8) })
        cache.members[key] = members
        return members
    }

    private static func writeBack(_ database: Database, _ cache: inout SQLiteMessageCache) throws {
        for key in cache.changedConversations {
            guard let row = cache.conversations[key] else { continue }
            try database.cachedStatement(sql: "UPDATE conversation SET last_seq = ? WHERE id = ?")
                .execute(arguments: [Int64(row.last), row.id])
            cache.conversations[key]?.isChanged = false
        }
        for key in cache.changedMailboxes {
            guard let row = cache.mailboxes[key] else { continue }
            try database.cachedStatement(sql: "UPDATE mailbox SET last = ?, taken = ? WHERE id = ?")
                .execute(arguments: [Int64(row.last), Int64(row.taken), row.id])
            cache.mailboxes[key]?.isChanged = false
        }
    }

    // MARK: Retention

    private static let mostExpired = 2000

    private static func expire(before: UInt64, now: UInt64, _ database: Database, _ cache: inout SQLiteMessageCache) throws -> Int {
        // Stored one after the other, so the oldest have the lowest positions.
        let last = try Int64.fetchOne(
            database,
            sql: """
                SELECT max(position) FROM (SELECT position, stored_ms FROM message ORDER BY position LIMIT ?) WHERE stored_ms < ?
                """, arguments: [mostExpired, Int64(bitPattern: before)])
        try database.execute(
            sql: "DELETE FROM sent WHERE stored_ms < ?",
            arguments: [Int64(bitPattern: now > MessageDraft.resendWindow ? now - MessageDraft.resendWindow : 0)])
        guard let last else { return 0 }
        // What is gone waits for nobody.
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT mailbox.name, max(message.number) FROM message JOIN mailbox ON mailbox.id = message.mailbox
                WHERE message.position <= ? GROUP BY message.mailbox
                """, arguments: [last])
        for row in rows { try took(row[0], upTo: number(row[1]), database, &cache) }
        try database.execute(sql: "DELETE FROM message WHERE position <= ?", arguments: [last])
        return database.changesCount
    }

    /// Some device has all messages of a mailbox up to a number.
    static func took(_ name: String, upTo number: UInt64, _ database: Database, _ cache: inout SQLiteMessageCache) throws {
        let key = Array(name.utf8)
        var mailbox = try mailbox(key, name, database, &cache)
        guard mailbox.taken < number else { return }
        if !mailbox.isChanged { cache.changedMailboxes.append(key) }
        mailbox.taken = number
        mailbox.isChanged = true
        cache.mailboxes[key] = mailbox
    }
}

/// Bytes as a blob, without a copy through `Data`.
struct Bytes: DatabaseValueConvertible, StatementBinding {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var databaseValue: DatabaseValue { Data(bytes).databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> Bytes? { Data.fromDatabaseValue(value).map { Bytes([UInt8]($0)) } }

    func bind(to sqliteStatement: SQLiteStatement, at index: CInt) -> CInt { Data(bytes).bind(to: sqliteStatement, at: index) }
}
