import GRDB

extension SQLiteMessageStore {
    public func commit(_ writes: [StoreWrite]) throws -> [StoreOutcome] {
        try Self.translating(path) {
            try database.writeWithoutTransaction { database in
                checkpointer.finish(database)
                return try cache.withLock { cache in
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
            _ = try Self.device(user, device, database, &cache)
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
        let mailbox = try mailbox(draft.mailbox, database, &cache)
        let statements = try cache.prepared(database)
        if let before = try sentBefore(draft, mailbox.id, statements) { return before }
        if case .user = draft.recipient, mailbox.last - mailbox.taken >= UInt64(max(draft.mostWaiting, 0)) { return .inboxFull }
        let conversation = try conversation(draft.conversation.key, database, &cache)
        conversation.last += 1
        cache.change(conversation)
        mailbox.last += 1
        cache.change(mailbox)
        try insert(draft, mailbox.id, number: mailbox.last, conversation.id, conversation.last, statements)
        return .saved(serverID: draft.serverID, sequence: conversation.last, isDuplicate: false)
    }

    private static func sentBefore(_ draft: MessageDraft, _ mailbox: Int64, _ statements: SQLiteWriteStatements) throws -> StoreOutcome? {
        guard draft.messageID != 0 else { return nil }
        let find = statements.findSent
        return try withTexts(draft.sender, draft.device) { sender, device in
            defer { find.reset() }
            find.bind(text: sender, at: 1)
            find.bind(text: device, at: 2)
            find.bind(mailbox, at: 3)
            find.bind(draft.messageID, at: 4)
            guard try find.step(), find.number(2) + MessageDraft.resendWindow > draft.time else { return nil }
            return .saved(serverID: find.number(0), sequence: find.number(1), isDuplicate: true)
        }
    }

    private static func insert(
        _ draft: MessageDraft, _ mailbox: Int64, number: UInt64, _ conversation: Int64, _ sequence: UInt64,
        _ statements: SQLiteWriteStatements
    ) throws {
        try withTexts(draft.sender, draft.device) { sender, device in
            try draft.body.withUnsafeBufferPointer { body in
                let insertion = statements.insertMessage
                insertion.bind(draft.serverID, at: 1)
                insertion.bind(conversation, at: 2)
                insertion.bind(sequence, at: 3)
                insertion.bind(mailbox, at: 4)
                insertion.bind(number, at: 5)
                insertion.bind(text: sender, at: 6)
                insertion.bind(text: device, at: 7)
                insertion.bind(draft.time, at: 8)
                insertion.bind(blob: body, at: 9)
                try insertion.run()
            }
            guard draft.messageID != 0 else { return }
            let insertion = statements.insertSent
            insertion.bind(text: sender, at: 1)
            insertion.bind(text: device, at: 2)
            insertion.bind(mailbox, at: 3)
            insertion.bind(draft.messageID, at: 4)
            insertion.bind(draft.serverID, at: 5)
            insertion.bind(sequence, at: 6)
            insertion.bind(draft.time, at: 7)
            try insertion.run()
        }
    }

    static func withTexts<Result>(
        _ first: String, _ second: String, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        var first = first
        var second = second
        return try first.withUTF8 { first in try second.withUTF8 { second in try body(first, second) } }
    }

    static func number(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }

    // MARK: Rows that are held

    static func mailbox(_ name: String, _ database: Database, _ cache: inout SQLiteMessageCache) throws -> SQLiteMessageCache.Mailbox {
        let key = SQLiteMessageCache.Name(name)
        if let known = cache.mailboxes[key] { return known }
        let select = try database.cachedStatement(sql: "SELECT id, last, taken FROM mailbox WHERE name = ?")
        let found: SQLiteMessageCache.Mailbox
        if let row = try Row.fetchOne(select, arguments: [name]) {
            found = .init(id: row[0], last: number(row[1]), taken: number(row[2]))
        } else {
            try database.cachedStatement(sql: "INSERT INTO mailbox (name, last, taken) VALUES (?, 0, 0)").execute(arguments: [name])
            found = .init(id: database.lastInsertedRowID, last: 0, taken: 0)
            // Its members' acknowledgements look there from now on.
            if name.hasPrefix("g:") { cache.groups = [:] }
        }
        cache.mailboxes[key] = found
        return found
    }

    private static func conversation(
        _ name: String, _ database: Database, _ cache: inout SQLiteMessageCache
    ) throws -> SQLiteMessageCache.Conversation {
        let key = SQLiteMessageCache.Name(name)
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
        if !cache.membersAreChecked { cache.groupsHave(try groupVersion(database)) }
        let key = SQLiteMessageCache.Name(name)
        if let known = cache.members[key] { return known }
        guard let users = try memberNames(name, database) else { return nil }
        let members = Set(users.map { Array($0.utf8) })
        cache.members[key] = members
        return members
    }

    private static func writeBack(_ database: Database, _ cache: inout SQLiteMessageCache) throws {
        let statements = try cache.prepared(database)
        for row in cache.changedConversations {
            statements.updateConversation.bind(row.last, at: 1)
            statements.updateConversation.bind(row.id, at: 2)
            try statements.updateConversation.run()
        }
        for row in cache.changedMailboxes {
            statements.updateMailbox.bind(row.last, at: 1)
            statements.updateMailbox.bind(row.taken, at: 2)
            statements.updateMailbox.bind(row.id, at: 3)
            try statements.updateMailbox.run()
        }
        for row in cache.changedDevices {
            try withTexts(row.user, row.device) { user, device in
                statements.updateDevice.bind(row.position, at: 1)
                statements.updateDevice.bind(text: user, at: 2)
                statements.updateDevice.bind(text: device, at: 3)
                try statements.updateDevice.run()
            }
        }
    }

    // MARK: Retention

    /// Of one write, so that the messages of clients that share its transaction do not wait long.
    private static let mostExpired = 500
    private static let mostForgotten = 1000

    private static func expire(before: UInt64, now: UInt64, _ database: Database, _ cache: inout SQLiteMessageCache) throws -> Int {
        // Stored one after the other, so the oldest have the lowest positions.
        let last = try Int64.fetchOne(
            database,
            sql: """
                SELECT max(position) FROM (SELECT position, stored_ms FROM message ORDER BY position LIMIT ?) WHERE stored_ms < ?
                """, arguments: [mostExpired, Int64(bitPattern: before)])
        try database.execute(
            sql: """
                DELETE FROM sent WHERE (sender, device, mailbox, msg_id) IN
                (SELECT sender, device, mailbox, msg_id FROM sent WHERE stored_ms < ? ORDER BY stored_ms LIMIT ?)
                """,
            arguments: [Int64(bitPattern: now > MessageDraft.resendWindow ? now - MessageDraft.resendWindow : 0), mostForgotten])
        let forgotten = database.changesCount
        guard let last else { return forgotten }
        // What is gone waits for nobody.
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT mailbox.name, max(message.number) FROM message JOIN mailbox ON mailbox.id = message.mailbox
                WHERE message.position <= ? GROUP BY message.mailbox
                """, arguments: [last])
        for row in rows { try took(row[0], upTo: number(row[1]), database, &cache) }
        try database.execute(sql: "DELETE FROM message WHERE position <= ?", arguments: [last])
        return forgotten + database.changesCount
    }

    /// Some device has all messages of a mailbox up to a number.
    static func took(_ name: String, upTo number: UInt64, _ database: Database, _ cache: inout SQLiteMessageCache) throws {
        let mailbox = try mailbox(name, database, &cache)
        guard mailbox.taken < number else { return }
        mailbox.taken = number
        cache.change(mailbox)
    }
}
