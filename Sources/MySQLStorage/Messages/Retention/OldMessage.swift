#if MySQL
    import Storage

    /// A message of a conversation that has more than enough.
    struct OldMessage {
        var position: UInt64
        var sequence: UInt64
        var mailbox: UInt64
        var sender: String
        /// The sender's user and device in one, as `device` has them.
        var senderDevice: String

        /// The oldest of a conversation, ascending.
        static func find(
            _ conversation: UInt64, upTo sequence: UInt64, limit: Int, _ connection: MySQLConnection
        ) throws -> [OldMessage] {
            var found: [OldMessage] = []
            try connection.query(
                "SELECT position, seq, mailbox, sender, device FROM message WHERE conversation = ? AND seq <= ? ORDER BY seq LIMIT ?",
                [.number(conversation), .number(sequence), .count(limit)]
            ) { row in
                let sender = try row.bytes(3)
                found.append(
                    OldMessage(
                        position: row.number(0), sequence: row.number(1), mailbox: row.number(2),
                        sender: String(decoding: sender, as: UTF8.self),
                        senderDevice: String(decoding: ColumnName.pair(sender, try row.bytes(4)), as: UTF8.self)))
            }
            return found
        }

        /// Those that nobody waits for, without a hole: from the first one on that somebody waits for, all are kept.
        static func free(of messages: [OldMessage], _ readers: MailboxReaders) -> ArraySlice<OldMessage> {
            guard let last = messages.last else { return [] }
            // Of the devices of a large group few are behind.
            var behind: [UInt64: MailboxReaders.Readers] = [:]
            for mailbox in Set(messages.map(\.mailbox)) {
                behind[mailbox] = readers.byMailbox[mailbox]
                behind[mailbox]?.devices.removeAll { $0.position >= last.position }
            }
            return messages.prefix { message in
                // A mailbox that nobody knows of: it is of a later look.
                guard let readers = behind[message.mailbox] else { return false }
                return !readers.devices.contains {
                    $0.waits(forMessageAt: message.position, from: message.sender, message.senderDevice, inGroup: readers.isGroup)
                }
            }
        }
    }
#endif
