#if MySQL
    import Storage

    extension MySQLMessageStore {
        public func history(_ conversation: Conversation, after sequence: UInt64, limit: Int, bytes: Int) throws -> HistoryPage {
            try access { connection in
                var page = HistoryPage()
                let place = try Self.find(conversation, connection)
                guard let place, place.last > sequence else { return page }
                // Sizes first: what does not fit is not to come through the connection.
                var end: UInt64?
                var count = 0
                var size = 0
                try connection.query(
                    "SELECT seq, LENGTH(body) FROM message WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?",
                    [.number(place.id), .number(sequence), .count(limit + 1)]
                ) { row in
                    guard !page.more, count < limit, count == 0 || size + Int(row.number(1)) <= bytes else {
                        page.more = true
                        return
                    }
                    size += Int(row.number(1))
                    count += 1
                    end = row.number(0)
                }
                guard let end else { return page }
                try connection.query(
                    """
                    SELECT position, server_id, seq, body, stored_ms FROM message WHERE conversation = ? AND seq > ? AND seq <= ? ORDER BY seq
                    """, [.number(place.id), .number(sequence), .number(end)]
                ) { row in
                    page.messages.append(
                        StoredMessage(
                            position: row.number(0), serverID: row.number(1), sequence: row.number(2), body: try row.bytes(3),
                            time: row.number(4)))
                }
                return page
            }
        }

        public func lastSequence(of conversation: Conversation) throws -> UInt64 {
            try access { try Self.find(conversation, $0)?.last ?? 0 }
        }

        private static func find(_ conversation: Conversation, _ connection: MySQLConnection) throws -> (id: UInt64, last: UInt64)? {
            var found: (UInt64, UInt64)?
            try connection.query("SELECT id, last_seq FROM conversation WHERE name = ?", [.bytes(ColumnName.conversation(conversation))]) {
                found = ($0.number(0), $0.number(1))
            }
            return found
        }
    }
#endif
