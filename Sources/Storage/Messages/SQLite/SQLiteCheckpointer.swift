import Foundation
import GRDB
import GRDBSQLite

/// Brings what lies in the write-ahead log into the database, beside the commits instead of in one of them: by a connection and a thread of
/// its own, which nobody waits for. What came meanwhile is brought over by the writing connection before its next transaction, little and
/// quick, so that the log can begin anew.
final class SQLiteCheckpointer: @unchecked Sendable {
    // `condition` guards `isDue`, `isRest` and `isOpen`; the rest belongs to the thread.
    /// Pages of the log (4 KiB each) from which on it is brought over. A page that was written often meanwhile is copied once.
    static let usualPages: Int32 = 20_000

    private let path: String
    private let pages: Int32
    private let condition = NSCondition()
    private var isDue = false
    private var isRest = false
    private var isOpen = true

    init(path: String, pages: Int32) {
        self.path = path
        self.pages = pages
    }

    /// Watches the log of the writing connection. On its queue, once; this object has to outlive the connection.
    func watch(_ database: Database) throws {
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        sqlite3_wal_hook(
            database.sqliteConnection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                let checkpointer = Unmanaged<SQLiteCheckpointer>.fromOpaque(context).takeUnretainedValue()
                if pages >= checkpointer.pages { checkpointer.isLong() }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
        let thread = Thread { [self] in work() }
        thread.name = "hpush-checkpoint"
        thread.start()
    }

    private func isLong() {
        condition.lock()
        defer { condition.unlock() }
        if isDue || isRest { return }
        isDue = true
        condition.signal()
    }

    /// On the writing connection's queue, outside a transaction: brings the rest over, if there is one.
    func finish(_ database: Database) {
        condition.lock()
        let isRest = isRest
        self.isRest = false
        condition.unlock()
        // What fails now succeeds later: the log is longer then.
        if isRest { _ = try? database.checkpoint(.passive) }
    }

    func end() {
        condition.lock()
        isOpen = false
        condition.signal()
        condition.unlock()
    }

    private func work() {
        var connection: DatabaseQueue?
        while next() {
            if connection == nil { connection = try? DatabaseQueue(path: path) }
            let isDone = (try? connection?.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }) != nil
            condition.lock()
            isDue = false
            isRest = isDone
            condition.unlock()
        }
        try? connection?.close()
    }

    private func next() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while isOpen, !isDue { condition.wait() }
        return isOpen
    }
}
