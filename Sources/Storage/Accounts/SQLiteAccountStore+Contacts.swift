import GRDB

extension SQLiteAccountStore {
    public func addContact(_ contact: String, of user: String, mutual: Bool) throws {
        try write { database in
            try Self.checkPair(contact, user, database)
            for (owner, other) in Self.directions(contact, user, mutual) {
                try database.execute(
                    sql: "INSERT INTO contact (user, contact) VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [owner, other])
            }
        }
    }

    public func removeContact(_ contact: String, of user: String, mutual: Bool) throws {
        try write { database in
            try Self.checkPair(contact, user, database)
            var removed = 0
            for (owner, other) in Self.directions(contact, user, mutual) {
                try database.execute(sql: "DELETE FROM contact WHERE user = ? AND contact = ?", arguments: [owner, other])
                removed += database.changesCount
            }
            guard removed > 0 else { throw AccountError.noSuchContact(user: user, contact: contact) }
        }
    }

    public func contacts(of user: String) throws -> [String] {
        try read { database in
            try Self.checkExists(user, database)
            return try String.fetchAll(
                database, sql: "SELECT contact FROM contact WHERE user = ? ORDER BY contact", arguments: [user])
        }
    }

    private static func directions(_ contact: String, _ user: String, _ mutual: Bool) -> [(String, String)] {
        mutual ? [(user, contact), (contact, user)] : [(user, contact)]
    }

    private static func checkPair(_ contact: String, _ user: String, _ database: Database) throws {
        try checkExists(user, database)
        try checkExists(contact, database)
        guard !user.utf8.elementsEqual(contact.utf8) else { throw AccountError.ownContact(user) }
    }

    private static func checkExists(_ name: String, _ database: Database) throws {
        guard try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM user WHERE name = ?)", arguments: [name]) ?? false else {
            throw AccountError.noSuchUser(name)
        }
    }
}
