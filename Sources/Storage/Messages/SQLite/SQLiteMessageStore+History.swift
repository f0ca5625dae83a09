import Foundation
import GRDB

extension SQLiteMessageStore {
    static let historyQuery = """
        SELECT position, server_id, seq, body, stored_ms FROM message WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?
        """

    public func history(_ conversation: Conversation, after sequence: UInt64, limit: Int, bytes: Int) throws -> HistoryPage {
        try read { database in
            var page = HistoryPage()
            let find = try database.cachedStatement(sql: "SELECT id FROM conversation WHERE name = ?")
            guard let id = try Int64.fetchOne(find, arguments: [conversation.key]) else { return page }
            let rows = try Row.fetchCursor(
                database.cachedStatement(sql: Self.historyQuery), arguments: [id, Int64(clamping: sequence), limit + 1])
            var size = 0
            while let row = try rows.next() {
                let body: Data = row[3]
                guard page.messages.count < limit, page.messages.isEmpty || size + body.count <= bytes else {
                    page.more = true
                    break
                }
                size += body.count
                page.messages.append(
                    StoredMessage(
                        position: Self.number(row[0]), serverID: Self.number(row[1]), sequence: Self.number(row[2]), body: [UInt8](body),
                        time: Self.number(row[4])))
            }
            return page
        }
    }

    public func lastSequence(of conversation: Conversation) throws -> UInt64 {
        try read { database in
            try Int64.fetchOne(database, sql: "SELECT last_seq FROM conversation WHERE name = ?", arguments: [conversation.key])
                .map(Self.number) ?? 0
        }
    }
}
