#if MySQL
    import Storage

    /// Takes messages out that are too old, some at a time, in a transaction of its own.
    enum MessageExpiry {
        private static let mostMessages = 2000
        private static let mostSent = 10_000

        /// - Returns: how many messages and names went; 0 also while another node is at it.
        static func run(before: UInt64, now: UInt64, _ connection: MySQLConnection) throws -> Int {
            try UpkeepLock.holding(connection, waitSeconds: 0) {
                let oldest = now > MessageDraft.resendWindow ? now - MessageDraft.resendWindow : 0
                let names = try connection.execute(
                    "DELETE FROM sent WHERE stored_ms < ? ORDER BY stored_ms LIMIT \(mostSent)", [.number(oldest)], isRepeatable: true)
                return Int(names.rows) + (try connection.transaction { try expire(before, connection) })
            } ?? 0
        }

        private static func expire(_ before: UInt64, _ connection: MySQLConnection) throws -> Int {
            // Stored one after the other, so the oldest have the lowest positions.
            var last: UInt64 = 0
            try connection.query(
                """
                SELECT MAX(position) FROM (SELECT position, stored_ms FROM message ORDER BY position LIMIT \(mostMessages)) AS oldest
                WHERE stored_ms < ?
                """, [.number(before)]
            ) { last = $0.number(0) }
            guard last > 0 else { return 0 }
            // What is gone waits for nobody.
            var gone: [UInt64: UInt64] = [:]
            try connection.query("SELECT mailbox, MAX(number) FROM message WHERE position <= ? GROUP BY mailbox", [.number(last)]) {
                gone[$0.number(0)] = $0.number(1)
            }
            var taken: [(id: UInt64, values: [UInt64])] = []
            let mailboxes = gone.keys.sorted()
            try connection.query(
                "SELECT id, taken FROM mailbox WHERE id IN (?...) ORDER BY id FOR UPDATE", in: mailboxes.map { .number($0) }
            ) {
                let id = $0.number(0)
                if let number = gone[id], number > $0.number(1) { taken.append((id, [number])) }
            }
            try connection.update("mailbox", ["taken"], taken)
            return Int(try connection.execute("DELETE FROM message WHERE position <= ?", [.number(last)]).rows)
        }
    }
#endif
