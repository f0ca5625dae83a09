import Foundation
import GRDB

extension SQLiteMessageStore {
    /// Where messages for a user lie.
    private struct Source {
        var mailbox: Int64
        /// What lies there up to here is not for the user.
        var since: UInt64
        var isOwn: Bool
    }

    /// A message that lies in one of a user's mailboxes.
    struct Candidate {
        var position: UInt64
        var serverID: UInt64
        var number: UInt64
        var size: Int
        var isOwnMailbox: Bool
        /// The device sent it itself, to a group.
        var isByDevice: Bool
    }

    /// The mailboxes of a user's groups. One that got no message yet has none.
    static let groupsQuery = """
        SELECT mailbox.id, member.since FROM member JOIN chat_group ON chat_group.id = member.group_id
        JOIN mailbox ON mailbox.name = 'g:' || chat_group.name WHERE member.user = ?
        """

    static let inboxQuery = """
        SELECT position, server_id, number, sender, device, length(body) FROM message WHERE mailbox = ? AND position > ?
        ORDER BY position LIMIT ?
        """

    public func inbox(of user: String, device: String, after: UInt64?, limit: Int, bytes: Int) throws -> InboxPage {
        try read { database in
            guard let cursor = try Self.cursor(user, device, database) else {
                var page = InboxPage(last: after ?? 0)
                page.isRegistered = false
                return page
            }
            let start = max(after ?? 0, cursor)
            let candidates = try Self.candidates(user, device, after: start, limit: limit, database)
            let acknowledged = try Self.acknowledged(user, device, database)
            var page = InboxPage(last: start)
            page.more = candidates.count == limit
            var size = 0
            let select = try database.cachedStatement(sql: "SELECT seq, body FROM message WHERE position = ?")
            for candidate in candidates {
                if size > 0, size + candidate.size > bytes {
                    page.more = true
                    break
                }
                page.last = candidate.position
                if candidate.isByDevice || acknowledged.contains(candidate.serverID) { continue }
                guard let row = try Row.fetchOne(select, arguments: [Int64(candidate.position)]) else { continue }
                size += candidate.size
                let body: Data = row[1]
                page.messages.append(
                    StoredMessage(
                        position: candidate.position, serverID: candidate.serverID, sequence: Self.number(row[0]), body: [UInt8](body)))
            }
            return page
        }
    }

    static func cursor(_ user: String, _ device: String, _ database: Database) throws -> UInt64? {
        let statement = try database.cachedStatement(sql: "SELECT position FROM device WHERE user = ? AND device = ?")
        return try Int64.fetchOne(statement, arguments: [user, device]).map(number)
    }

    static func acknowledged(_ user: String, _ device: String, _ database: Database) throws -> Set<UInt64> {
        let statement = try database.cachedStatement(sql: "SELECT server_id FROM acknowledged WHERE user = ? AND device = ?")
        return Set(try Int64.fetchAll(statement, arguments: [user, device]).map(number))
    }

    private static func sources(of user: String, _ database: Database) throws -> [Source] {
        let own = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM mailbox WHERE name = ?"), arguments: [MessageDraft.mailbox(ofUser: user)])
        let groups = try Row.fetchAll(
            database.cachedStatement(sql: groupsQuery), arguments: [user])
        return (own.map { [Source(mailbox: $0, since: 0, isOwn: true)] } ?? [])
            + groups.map { Source(mailbox: $0[0], since: number($0[1]), isOwn: false) }
    }

    /// What lies in a user's mailboxes after a position, ascending.
    private static func candidates(
        _ user: String, _ device: String, after position: UInt64, limit: Int, _ database: Database
    ) throws -> [Candidate] {
        let sources = try sources(of: user, database)
        var found: [Candidate] = []
        for source in sources {
            let rows = try Row.fetchCursor(
                database.cachedStatement(sql: inboxQuery),
                arguments: [source.mailbox, Int64(bitPattern: max(position, source.since)), limit])
            while let row = try rows.next() {
                let isByDevice = try !source.isOwn && isSame(row[3], user) && isSame(row[4], device)
                found.append(
                    Candidate(
                        position: number(row[0]), serverID: number(row[1]), number: number(row[2]), size: row[5],
                        isOwnMailbox: source.isOwn,
                        isByDevice: isByDevice))
            }
        }
        if sources.count > 1 { found.sort { $0.position < $1.position } }
        return Array(found.prefix(limit))
    }

    private static func isSame(_ left: String, _ right: String) throws -> Bool { left.utf8.elementsEqual(right.utf8) }
}
