#if MySQL
    import Foundation
    import Storage
    import Synchronization

    /// Accounts in a MySQL or MariaDB database that nodes, gates and commands share.
    ///
    /// Names are also held in memory for `exists`. Every change takes the next value of a counter and leaves it with what it changed, so `refresh`,
    /// which an `AccountRefresher` calls twice a second, reads one row where there is nothing new, and else what is new.
    public final class MySQLAccountStore: AccountStore {
        let place: String
        let pool: MySQLPool
        private let hasher: PasswordHasher
        private let names = NameSet()
        /// The counter's value up to which `names` is known; nil: nothing is.
        private let seen = Mutex<UInt64?>(nil)

        /// Connects and brings the tables up to date. Throws `AccountError.unusable`.
        public init(_ server: MySQLServer, hasher: PasswordHasher = PasswordHasher()) throws {
            place = server.place
            pool = MySQLPool(server)
            self.hasher = hasher
            try Self.translating(place) { try MySQLMigration.bringUpToDate(server) }
            try refresh()
        }

        public func add(name: String, password: String) throws {
            try AccountName.check(name)
            try Password.check(password)
            guard try user(name: name) == nil else { throw AccountError.nameTaken(name) }
            let hash = try hasher.hash(password)
            let created = UInt64(Date().timeIntervalSince1970 * 1000)
            try change { connection, version in
                do {
                    try connection.execute(
                        "INSERT INTO user (name, password, created_ms, version) VALUES (?, ?, ?, ?)",
                        [.text(name), .text(hash), .number(created), .number(version)])
                } catch let failure as MySQLFailure where failure.isDuplicate { throw AccountError.nameTaken(name) }
                try connection.execute("DELETE FROM removed_user WHERE name = ?", [.text(name)])
            }
            names.insert(name)
        }

        public func setPassword(of name: String, to password: String) throws {
            try Password.check(password)
            guard try user(name: name) != nil else { throw AccountError.noSuchUser(name) }
            let hash = try hasher.hash(password)
            let found = try access {
                try $0.execute("UPDATE user SET password = ? WHERE name = ?", [.text(hash), .text(name)], isRepeatable: true).rows
            }
            guard found == 1 else { throw AccountError.noSuchUser(name) }
        }

        public func remove(name: String) throws {
            try change { connection, version in
                let removed = try connection.execute("DELETE FROM user WHERE name = ?", [.text(name)]).rows
                guard removed == 1 else { throw AccountError.noSuchUser(name) }
                try connection.execute("REPLACE INTO removed_user (name, version) VALUES (?, ?)", [.text(name), .number(version)])
            }
            names.remove(name)
        }

        public func users(after: String?, limit: Int) throws -> [UserRecord] {
            try access { connection in
                var users: [UserRecord] = []
                // No name is empty.
                try connection.query(
                    "SELECT name, created_ms FROM user WHERE name > ? ORDER BY name LIMIT ?", [.text(after ?? ""), .count(limit)]
                ) { users.append(UserRecord(name: try $0.text(0), createdMilliseconds: Int64(clamping: $0.number(1)))) }
                return users
            }
        }

        public func user(name: String) throws -> UserRecord? {
            try access { connection in
                var found: UserRecord?
                try connection.query("SELECT created_ms FROM user WHERE name = ?", [.text(name)]) {
                    found = UserRecord(name: name, createdMilliseconds: Int64(clamping: $0.number(0)))
                }
                return found
            }
        }

        public func exists(name: String) -> Bool { names.contains(name) }

        public func verify(name: String, password: String) throws -> Bool {
            guard Password.isValid(password), AccountName.isValid(name) else { return false }
            let stored = try access { connection in
                var stored: String?
                try connection.query("SELECT password FROM user WHERE name = ?", [.text(name)]) { stored = try $0.text(0) }
                return stored
            }
            return try hasher.verify(password, against: stored)
        }

        @discardableResult
        public func refresh() throws -> Bool {
            let known = self.seen.withLock { $0 }
            return try access { connection in
                var version: UInt64 = 0
                try connection.query("SELECT value FROM counter WHERE name = 'accounts'") { version = $0.number(0) }
                guard version != known else { return false }
                // Lower only when the database is another one: a backup.
                let seen = known.flatMap { $0 < version ? $0 : nil }
                // What changes from here on has a higher value and is read the next time, too.
                let added = try Self.names(connection, "SELECT name FROM user WHERE version > ?", after: seen)
                if let seen {
                    let removed = try Self.names(connection, "SELECT name FROM removed_user WHERE version > ?", after: seen)
                    names.change(adding: added, removing: removed)
                } else {
                    names.replace(with: Set(added))
                }
                self.seen.withLock { $0 = version }
                return true
            }
        }

        private static func names(_ connection: MySQLConnection, _ sql: String, after version: UInt64?) throws -> [[UInt8]] {
            var names: [[UInt8]] = []
            try connection.query(sql, [.number(version ?? 0)]) { names.append(try $0.bytes(0)) }
            return names
        }

        /// A change that others are to notice. The counter's row is locked first, so changes come one after the other, in the order of its values.
        private func change(_ body: (MySQLConnection, _ version: UInt64) throws -> Void) throws {
            try access { connection in
                try connection.transaction {
                    try connection.execute("UPDATE counter SET value = value + 1 WHERE name = 'accounts'")
                    var version: UInt64 = 0
                    try connection.query("SELECT value FROM counter WHERE name = 'accounts'") { version = $0.number(0) }
                    try body(connection, version)
                }
            }
        }

        func access<Result>(_ body: (MySQLConnection) throws -> Result) throws -> Result {
            try Self.translating(place) { try pool.retrying(body) }
        }

        /// The server's errors in one line that names it.
        private static func translating<Result>(_ place: String, _ body: () throws -> Result) throws -> Result {
            do { return try body() } catch let failure as MySQLFailure {
                throw AccountError.unusable(path: place, reason: failure.reason)
            } catch is MySQLMigration.TooNew {
                throw AccountError.unusable(path: place, reason: "its tables were made by a newer version of hpush")
            }
        }
    }
#endif
