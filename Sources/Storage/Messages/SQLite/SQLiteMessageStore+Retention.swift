import GRDB

extension SQLiteMessageStore {
    /// Conversations that are looked at in one page.
    private static let mostConversations = 200

    private struct OldMessage {
        var position: UInt64
        var sequence: UInt64
        var mailbox: Int64
        var sender: String
        var device: String
    }

    public func excess(over kept: Int, seenSince: UInt64, after conversation: Int64?, limit: Int) throws -> ExcessPage {
        try read { database in
            // Conversations that have little are passed over in one go: what counts is how much has not been removed before.
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT id, last_seq FROM conversation WHERE id > ? AND last_seq - removed_seq > ? ORDER BY id LIMIT ?"),
                arguments: [conversation ?? -1, kept, Self.mostConversations])
            var page = ExcessPage()
            for row in rows {
                let id: Int64 = row[0]
                if let found = try Self.excess(id, upTo: Self.number(row[1]) - UInt64(kept), seenSince, limit, database) {
                    page.excesses.append(found)
                }
                page.next = id
            }
            if rows.count < Self.mostConversations { page.next = nil }
            return page
        }
    }

    public func remove(_ excesses: [Excess]) throws {
        try write { database in
            for excess in excesses {
                let arguments: StatementArguments = [excess.conversation, Int64(bitPattern: excess.sequence)]
                try database.cachedStatement(sql: "DELETE FROM message WHERE conversation = ? AND seq <= ?").execute(arguments: arguments)
                try database.cachedStatement(sql: "UPDATE conversation SET removed_seq = max(removed_seq, ?2) WHERE id = ?1")
                    .execute(arguments: arguments)
            }
        }
    }

    private static func excess(
        _ conversation: Int64, upTo sequence: UInt64, _ seenSince: UInt64, _ limit: Int, _ database: Database
    ) throws -> Excess? {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT position, seq, mailbox, sender, device FROM message WHERE conversation = ? AND seq <= ? ORDER BY seq LIMIT ?
                    """), arguments: [conversation, Int64(bitPattern: sequence), limit])
        let candidates = rows.map {
            OldMessage(position: number($0[0]), sequence: number($0[1]), mailbox: $0[2], sender: $0[3], device: $0[4])
        }
        guard let last = candidates.last else { return nil }
        var behind: [Int64: (devices: [WaitingDevice], isGroup: Bool)] = [:]
        for mailbox in Set(candidates.map(\.mailbox)) {
            behind[mailbox] = try devicesBehind(last.position, mailbox, seenSince, database)
        }
        // Without a hole: from the first one on that somebody waits for, all are kept.
        let free = candidates.prefix { candidate in
            guard let (devices, isGroup) = behind[candidate.mailbox] else { return true }
            return !devices.contains {
                $0.waits(forMessageAt: candidate.position, from: candidate.sender, candidate.device, inGroup: isGroup)
            }
        }
        return free.last.map { Excess(conversation: conversation, sequence: $0.sequence, count: free.count) }
    }

    /// Devices that have not got everything of a mailbox up to a position; there are few.
    private static func devicesBehind(
        _ position: UInt64, _ mailbox: Int64, _ seenSince: UInt64, _ database: Database
    ) throws -> (devices: [WaitingDevice], isGroup: Bool) {
        guard let name = try String.fetchOne(database, sql: "SELECT name FROM mailbox WHERE id = ?", arguments: [mailbox]) else {
            return ([], false)
        }
        let isGroup = name.hasPrefix("g:")
        let users =
            isGroup ? try members(named: String(name.dropFirst(2)), before: position, database) : [(String(name.dropFirst(2)), UInt64(0))]
        let select = try database.cachedStatement(
            sql: """
                SELECT device.device, device.position, coalesce(at_ms, ?) >= ? FROM device
                LEFT JOIN last_seen ON last_seen.user = device.user AND last_seen.device = device.device WHERE device.user = ?
                """)
        var behind: [WaitingDevice] = []
        for (user, since) in users {
            let rows = try Row.fetchAll(select, arguments: [Int64.max, Int64(clamping: seenSince), user])
            var devices = rows.filter { $0[2] }.map { WaitingDevice(device: $0[0], user: user, position: number($0[1]), since: since) }
            // Who has no device, or none that anybody uses, has got what the furthest one has.
            if devices.isEmpty {
                devices = [WaitingDevice(user: user, position: rows.map { number($0[1]) }.max() ?? 0, since: since)]
            }
            behind += devices.filter { $0.position < position }
        }
        return (behind, isGroup)
    }

    private static func members(named group: String, before position: UInt64, _ database: Database) throws -> [(String, UInt64)] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT member.user, member.since FROM member JOIN chat_group ON chat_group.id = member.group_id
                    WHERE chat_group.name = ? AND member.since < ?
                    """), arguments: [group, Int64(bitPattern: position)])
        return rows.map { ($0[0], number($0[1])) }
    }
}
