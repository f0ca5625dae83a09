#if MySQL
    import Storage

    extension MySQLMessageStore {
        private struct Place {
            var id: UInt64
            var mailbox: UInt64
        }

        public func createGroup(_ name: String, members: [String]) throws {
            try GroupName.check(name)
            try GroupName.checkMembers(members)
            let mailboxName = ColumnName.mailbox(ofGroup: name)
            guard let mailbox = try access({ try names.numbers(of: [mailboxName], in: .mailbox, $0)[mailboxName] }) else {
                throw MessageStoreError.unusable(path: place, reason: "a mailbox cannot be made")
            }
            try changeGroups { connection in
                do {
                    let made = try connection.execute(
                        "INSERT INTO chat_group (name, mailbox) VALUES (?, ?)", [.text(name), .number(mailbox)])
                    try Self.insert(members, into: Place(id: made.firstID, mailbox: mailbox), connection)
                } catch let failure as MySQLFailure where failure.isDuplicate { throw MessageStoreError.groupExists(name) }
            }
        }

        public func addMembers(_ users: [String], to group: String) throws {
            try GroupName.checkMembers(users)
            try changeGroups { try Self.insert(users, into: Self.find(group, $0), $0) }
        }

        public func removeMembers(_ users: [String], from group: String) throws {
            try changeGroups { connection in
                let place = try Self.find(group, connection)
                for user in users {
                    let removed = try connection.execute(
                        "DELETE FROM member WHERE chat_group = ? AND user = ?", [.number(place.id), .bytes(ColumnName.user(user))])
                    guard removed.rows == 1 else { throw MessageStoreError.noSuchMember(group: group, user: user) }
                }
            }
        }

        public func members(of group: String) throws -> [String]? {
            try access { connection in
                var id: UInt64?
                try connection.query("SELECT id FROM chat_group WHERE name = ?", [.text(group)]) { id = $0.number(0) }
                guard let id else { return nil }
                return try Self.texts("SELECT user FROM member WHERE chat_group = ? ORDER BY user", [.number(id)], connection)
            }
        }

        public func groups(of user: String?) throws -> [String] {
            try access { connection in
                guard let user else { return try Self.texts("SELECT name FROM chat_group ORDER BY name", [], connection) }
                return try Self.texts(
                    "SELECT name FROM chat_group JOIN member ON member.chat_group = chat_group.id WHERE member.user = ? ORDER BY name",
                    [.bytes(ColumnName.user(user))], connection)
            }
        }

        public func groupVersion() throws -> UInt64 { try access { try GroupMembers.version($0) } }

        private static func texts(_ sql: String, _ values: [MySQLValue], _ connection: MySQLConnection) throws -> [String] {
            var texts: [String] = []
            try connection.query(sql, values) { texts.append(try $0.text(0)) }
            return texts
        }

        /// One change after the other, since each begins with the counter's row.
        private func changeGroups(_ body: (MySQLConnection) throws -> Void) throws {
            try access { connection in
                try connection.transaction {
                    try connection.execute("UPDATE counter SET value = value + 1 WHERE name = 'groups'")
                    try body(connection)
                }
            }
        }

        private static func find(_ group: String, _ connection: MySQLConnection) throws -> Place {
            var place: Place?
            try connection.query("SELECT id, mailbox FROM chat_group WHERE name = ?", [.text(group)]) {
                place = Place(id: $0.number(0), mailbox: $0.number(1))
            }
            guard let place else { throw MessageStoreError.noSuchGroup(group) }
            return place
        }

        private static func insert(_ users: [String], into group: Place, _ connection: MySQLConnection) throws {
            // Locked, so that nothing is stored for the group until this is committed.
            var last: UInt64 = 0
            try connection.query("SELECT last_position FROM mailbox WHERE id = ? FOR UPDATE", [.number(group.mailbox)]) {
                last = $0.number(0)
            }
            let rows = users.map { [MySQLValue.number(group.id), .bytes(ColumnName.user($0)), .number(last)] }
            try connection.insert("INSERT IGNORE INTO member (chat_group, user, since) VALUES (...)", rows)
        }
    }
#endif
