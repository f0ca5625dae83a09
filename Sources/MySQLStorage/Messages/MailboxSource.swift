#if MySQL
    /// A mailbox in which messages for a user lie.
    struct MailboxSource {
        var mailbox: UInt64
        /// What lies there up to here is not for the user.
        var since: UInt64
        /// Nothing lies there beyond.
        var last: UInt64
        var isOwn: Bool
    }

    /// A user's mailboxes at one moment.
    struct MailboxSources {
        var all: [MailboxSource] = []

        /// Up to this position everything that will ever lie in these mailboxes could be seen at that moment, and can be since.
        ///
        /// Positions of several nodes do not commit in their order. But whoever stores holds the mailbox's lock from before it gets positions until
        /// it has committed, so while all these mailboxes are locked by a reader, nobody has a position for them and is not done with it.
        var horizon: UInt64 { all.map(\.last).max() ?? 0 }

        private static let statement = """
            (SELECT name, id, CAST(0 AS UNSIGNED), last_position, 1 FROM mailbox WHERE name IN (?...) LOCK IN SHARE MODE)
            UNION ALL
            (SELECT member.user, mailbox.id, member.since, mailbox.last_position, 0 FROM member
            JOIN chat_group ON chat_group.id = member.chat_group JOIN mailbox ON mailbox.id = chat_group.mailbox
            WHERE member.user IN (?...) LOCK IN SHARE MODE)
            """

        /// The mailboxes of some users. They are locked for the time of this one statement, all at once: not to be called in a transaction.
        /// - Parameter users: as columns have them (`ColumnName.user`), with the names of their own mailboxes.
        static func find(_ users: [(user: [UInt8], mailbox: [UInt8])], _ connection: MySQLConnection) throws -> [[UInt8]: MailboxSources] {
            var found: [[UInt8]: MailboxSources] = [:]
            var owners: [[UInt8]: [UInt8]] = [:]
            for user in users { owners[user.mailbox] = user.user }
            try connection.query(statement, in: users.map { .bytes($0.mailbox) }, and: users.map { .bytes($0.user) }) { row in
                let name = try row.bytes(0)
                let isOwn = row.number(4) == 1
                let source = MailboxSource(mailbox: row.number(1), since: row.number(2), last: row.number(3), isOwn: isOwn)
                found[isOwn ? owners[name] ?? name : name, default: MailboxSources()].all.append(source)
            }
            return found
        }
    }
#endif
