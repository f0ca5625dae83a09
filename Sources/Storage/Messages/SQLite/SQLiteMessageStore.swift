import Foundation
import GRDB
import Synchronization

/// Messages in an SQLite file in write-ahead mode, apart from the accounts' file: its steady commits keep no `hpush user` waiting, and it can
/// be kept, moved and deleted by itself. One node writes; commands may read it and change groups beside it.
public final class SQLiteMessageStore: MessageStore {
    /// The file's name in `node.data_dir`.
    public static let fileName = "messages.db"

    let path: String
    let database: DatabasePool
    let checkpointer: SQLiteCheckpointer
    /// Used on the writing connection's queue only.
    let cache = Mutex(SQLiteMessageCache())

    /// Opens `messages.db` in a folder; makes folder and file where they are missing, readable by their owner alone.
    public convenience init(dataDirectory: String) throws {
        try DataDirectory.make(dataDirectory)
        try self.init(path: dataDirectory + "/" + Self.fileName)
    }

    /// Opens or makes the file and brings its tables up to date. Throws `MessageStoreError.unusable`.
    public convenience init(path: String) throws { try self.init(path: path, logPages: SQLiteCheckpointer.usualPages) }

    /// - Parameter logPages: how long the write-ahead log becomes, about.
    init(path: String, logPages: Int32) throws {
        self.path = path
        let checkpointer = SQLiteCheckpointer(path: path, pages: logPages)
        self.checkpointer = checkpointer
        database = try Self.translating(path) {
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw MessageStoreError.unusable(path: path, reason: String(cString: strerror(errno))) }
            close(descriptor)
            let pool = try Self.openPool(path)
            try pool.writeWithoutTransaction { try checkpointer.watch($0) }
            return pool
        }
    }

    deinit { checkpointer.end() }

    private static func openPool(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -32000")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // A commit is on the disk when it returns. Not earlier: the pool itself makes it NORMAL when it opens.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let migrator = SQLiteMessageSchema.migrator
        guard try !pool.read(migrator.hasBeenSuperseded) else {
            throw MessageStoreError.unusable(path: path, reason: "it was made by a newer version of hpush")
        }
        try migrator.migrate(pool)
        return pool
    }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(path) { try database.read(body) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try Self.translating(path) { try database.write(body) }
    }

    /// SQLite's errors in one line that names the file.
    static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
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
                case .SQLITE_IOERR: "the disk failed"
                default: "the database failed"
                }
            throw MessageStoreError.unusable(path: path, reason: "\(reason) (\(error.message ?? "SQLite \(error.resultCode)"))")
        }
    }
}
