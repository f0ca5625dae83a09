import Foundation
import GRDB
import Synchronization

/// Accounts in an SQLite file, in write-ahead mode: several processes may have it open (a node and `hpush user`).
///
/// Names are also held in memory for `exists`; a change another process makes is seen by `refresh`, which an `AccountRefresher`
/// calls twice a second.
public final class SQLiteAccountStore: AccountStore {
    /// The file's name in `node.data_dir`.
    public static let fileName = "hpush.sqlite"

    private let path: String
    private let database: DatabasePool
    private let hasher: PasswordHasher
    private let names = NameSet()
    /// SQLite's `data_version` of the writing connection when `names` was read; used on that connection's queue only.
    private let seenVersion = Mutex<Int64?>(nil)

    /// Opens `hpush.sqlite` in a folder; makes folder and file where they are missing, readable by their owner alone.
    public convenience init(dataDirectory: String, hasher: PasswordHasher = PasswordHasher()) throws {
        try DataDirectory.make(dataDirectory)
        try self.init(path: dataDirectory + "/" + Self.fileName, hasher: hasher)
    }

    /// Opens or makes the file and brings its tables up to date. Throws `AccountError.unusable`.
    public init(path: String, hasher: PasswordHasher = PasswordHasher()) throws {
        self.path = path
        self.hasher = hasher
        database = try Self.translating(path) {
            // SQLite gives its -wal and -shm files the mode of the main one.
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw AccountError.unusable(path: path, reason: String(cString: strerror(errno))) }
            close(descriptor)
            return try Self.openPool(path)
        }
        try refresh()
    }

    private static func openPool(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        let pool = try DatabasePool(path: path, configuration: configuration)
        // After opening: the pool itself makes it NORMAL then.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let migrator = SQLiteSchema.migrator
        guard try !pool.read(migrator.hasBeenSuperseded) else {
            throw AccountError.unusable(path: path, reason: "it was made by a newer version of hpush")
        }
        try migrator.migrate(pool)
        return pool
    }

    public func add(name: String, password: String) throws {
        try AccountName.check(name)
        try Password.check(password)
        guard try user(name: name) == nil else { throw AccountError.nameTaken(name) }
        let hash = try hasher.hash(password)
        let created = Int64(Date().timeIntervalSince1970 * 1000)
        try write { database in
            try database.execute(
                sql: "INSERT INTO user (name, password, created_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [name, hash, created])
            guard database.changesCount == 1 else { throw AccountError.nameTaken(name) }
            database.afterNextTransaction { [names] _ in names.insert(name) }
        }
    }

    public func setPassword(of name: String, to password: String) throws {
        try Password.check(password)
        guard try user(name: name) != nil else { throw AccountError.noSuchUser(name) }
        let hash = try hasher.hash(password)
        try write { database in
            try database.execute(sql: "UPDATE user SET password = ? WHERE name = ?", arguments: [hash, name])
            guard database.changesCount == 1 else { throw AccountError.noSuchUser(name) }
        }
    }

    public func remove(name: String) throws {
        try write { database in
            try database.execute(sql: "DELETE FROM user WHERE name = ?", arguments: [name])
            guard database.changesCount == 1 else { throw AccountError.noSuchUser(name) }
            database.afterNextTransaction { [names] _ in names.remove(name) }
        }
    }

    public func users(after: String?, limit: Int) throws -> [UserRecord] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT name, created_ms FROM user WHERE ?1 IS NULL OR name > ?1 ORDER BY name LIMIT ?2",
                arguments: [after, max(0, limit)]
            ).map { UserRecord(name: $0["name"], createdMilliseconds: $0["created_ms"]) }
        }
    }

    public func user(name: String) throws -> UserRecord? {
        try read { database in
            try Int64.fetchOne(database, sql: "SELECT created_ms FROM user WHERE name = ?", arguments: [name])
                .map { UserRecord(name: name, createdMilliseconds: $0) }
        }
    }

    public func exists(name: String) -> Bool {
        names.contains(name)
    }

    public func verify(name: String, password: String) throws -> Bool {
        // SQLite takes a text up to its first zero byte only: "amy" and more behind such a byte would be amy.
        guard Password.isValid(password), AccountName.isValid(name) else { return false }
        let stored = try read { database in
            try String.fetchOne(database, sql: "SELECT password FROM user WHERE name = ?", arguments: [name])
        }
        return try hasher.verify(password, against: stored)
    }

    @discardableResult
    public func refresh() throws -> Bool {
        // On the writing connection's queue: our own writes and this cannot overtake each other.
        try Self.translating(path) {
            try database.writeWithoutTransaction { database in
                let version = try Int64.fetchOne(database, sql: "PRAGMA data_version")
                guard seenVersion.withLock({ $0 != version }) else { return false }
                let cursor = try String.fetchCursor(database, sql: "SELECT name FROM user")
                var all: Set<[UInt8]> = []
                while let name = try cursor.next() { all.insert(Array(name.utf8)) }
                names.replace(with: all)
                seenVersion.withLock { $0 = version }
                return true
            }
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(path) { try database.read(body) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(path) { try database.write(body) }
    }

    /// SQLite's errors in one line that names the file.
    private static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            let reason: String =
                switch error.resultCode {
                case .SQLITE_NOTADB, .SQLITE_CORRUPT: "the database is damaged"
                case .SQLITE_BUSY, .SQLITE_LOCKED: "another process has kept the database locked for too long"
                case .SQLITE_FULL: "no space is left for the database"
                case .SQLITE_CANTOPEN: "the database cannot be opened"
                case .SQLITE_READONLY: "the database cannot be written"
                default: "the database failed"
                }
            throw AccountError.unusable(path: path, reason: "\(reason) (\(error.message ?? "SQLite \(error.resultCode)"))")
        }
    }
}
