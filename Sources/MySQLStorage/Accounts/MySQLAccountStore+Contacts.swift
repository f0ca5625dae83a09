#if MySQL
    import Storage

    extension MySQLAccountStore {
        public func addContact(_ contact: String, of user: String, mutual: Bool) throws {
            try access { connection in
                try connection.transaction {
                    try Self.checkPair(contact, user, connection)
                    for (owner, other) in Self.directions(contact, user, mutual) {
                        try connection.execute("INSERT IGNORE INTO contact (user, contact) VALUES (?, ?)", [.text(owner), .text(other)])
                    }
                }
            }
        }

        public func removeContact(_ contact: String, of user: String, mutual: Bool) throws {
            try access { connection in
                try connection.transaction {
                    try Self.checkPair(contact, user, connection)
                    var removed: UInt64 = 0
                    for (owner, other) in Self.directions(contact, user, mutual) {
                        removed += try connection.execute(
                            "DELETE FROM contact WHERE user = ? AND contact = ?", [.text(owner), .text(other)]
                        ).rows
                    }
                    guard removed > 0 else { throw AccountError.noSuchContact(user: user, contact: contact) }
                }
            }
        }

        public func contacts(of user: String) throws -> [String] {
            try access { connection in
                var contacts: [String] = []
                try connection.query("SELECT contact FROM contact WHERE user = ? ORDER BY contact", [.text(user)]) {
                    contacts.append(try $0.text(0))
                }
                // Only then does it matter.
                if contacts.isEmpty { try Self.checkExists(user, connection) }
                return contacts
            }
        }

        private static func directions(_ contact: String, _ user: String, _ mutual: Bool) -> [(String, String)] {
            mutual ? [(user, contact), (contact, user)] : [(user, contact)]
        }

        private static func checkPair(_ contact: String, _ user: String, _ connection: MySQLConnection) throws {
            try checkExists(user, connection)
            try checkExists(contact, connection)
            guard !user.utf8.elementsEqual(contact.utf8) else { throw AccountError.ownContact(user) }
        }

        private static func checkExists(_ name: String, _ connection: MySQLConnection) throws {
            var exists = false
            try connection.query("SELECT 1 FROM user WHERE name = ?", [.text(name)]) { _ in exists = true }
            guard exists else { throw AccountError.noSuchUser(name) }
        }
    }
#endif
