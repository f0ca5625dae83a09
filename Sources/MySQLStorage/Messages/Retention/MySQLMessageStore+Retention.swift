#if MySQL
    import Storage

    extension MySQLMessageStore {
        /// Conversations that are looked at in one page.
        private static let mostConversations = 200
        /// For another node's step, which is short.
        private static let upkeepSeconds = 3

        public func excess(over kept: Int, seenSince: UInt64, after conversation: Int64?, limit: Int) throws -> ExcessPage {
            try access { connection in
                // Those that have little are passed over in one go: what counts is how much has not been removed before.
                var places: [(id: UInt64, last: UInt64)] = []
                try connection.query(
                    """
                    SELECT conversation.id, last_seq FROM conversation LEFT JOIN removed ON removed.conversation = conversation.id
                    WHERE conversation.id > ? AND last_seq > ? + COALESCE(removed.seq, 0) ORDER BY conversation.id LIMIT ?
                    """, [.number(UInt64(clamping: conversation ?? 0)), .count(kept), .count(Self.mostConversations)]
                ) { places.append(($0.number(0), $0.number(1))) }
                let old = try places.map { place in
                    try OldMessage.find(place.id, upTo: place.last - UInt64(max(kept, 0)), limit: limit, connection)
                }
                let readers = try MailboxReaders.find(Set(old.joined().map(\.mailbox)), seenSince: seenSince, connection)
                var page = ExcessPage()
                for (place, messages) in zip(places, old) {
                    let free = OldMessage.free(of: messages, readers)
                    guard let last = free.last else { continue }
                    page.excesses.append(
                        Excess(conversation: Int64(clamping: place.id), sequence: last.sequence, count: free.count))
                }
                if places.count == Self.mostConversations { page.next = places.last.map { Int64(clamping: $0.id) } }
                return page
            }
        }

        /// Rows of messages that are there change for nobody else, and those who store lock none of them, so no commit waits for this. Mailboxes
        /// stay as they are: what no device waits for a device has got, so it does not count as waiting, and nothing new lies in front of it.
        public func remove(_ excesses: [Excess]) throws {
            if excesses.isEmpty { return }
            let sorted = excesses.sorted { $0.conversation < $1.conversation }
            try access { connection in
                let done: Void? = try UpkeepLock.holding(connection, waitSeconds: Self.upkeepSeconds) {
                    try connection.transaction {
                        for excess in sorted { try Self.remove(excess, connection) }
                        try connection.insert(
                            "INSERT INTO removed (conversation, seq) VALUES (...) ON DUPLICATE KEY UPDATE seq = GREATEST(seq, VALUES(seq))",
                            sorted.map { [.number(UInt64(clamping: $0.conversation)), .number($0.sequence)] })
                    }
                }
                guard done != nil else { throw MySQLFailure(code: 1205, text: "it is removing messages, too") }
            }
        }

        /// By position, so that these rows alone are looked at and locked.
        private static func remove(_ excess: Excess, _ connection: MySQLConnection) throws {
            let conversation = UInt64(clamping: excess.conversation)
            var positions: [UInt64] = []
            try connection.query(
                "SELECT position FROM message WHERE conversation = ? AND seq <= ? ORDER BY seq",
                [.number(conversation), .number(excess.sequence)]
            ) { positions.append($0.number(0)) }
            try connection.remove("DELETE FROM message WHERE conversation = ? AND position IN (?...)", of: conversation, positions)
        }
    }
#endif
