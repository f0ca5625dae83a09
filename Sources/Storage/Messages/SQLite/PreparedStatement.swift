import GRDB
import GRDBSQLite

/// A statement of the writing connection, prepared once. What is bound is not copied, so it has to stay until `reset`: for the calls that
/// every stored message makes.
final class PreparedStatement: @unchecked Sendable {
    // @unchecked: used on the connection's queue only.
    private let statement: OpaquePointer
    private let connection: OpaquePointer

    init(_ database: Database, _ sql: String) throws {
        guard let connection = database.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql)
        }
        self.statement = statement
        self.connection = connection
    }

    deinit { sqlite3_finalize(statement) }

    func bind(_ value: Int64, at place: Int32) { sqlite3_bind_int64(statement, place, value) }

    func bind(_ value: UInt64, at place: Int32) { sqlite3_bind_int64(statement, place, Int64(bitPattern: value)) }

    func bind(text: UnsafeBufferPointer<UInt8>, at place: Int32) {
        // Empty buffers may have no address, which would be NULL.
        guard let base = text.baseAddress else {
            return Self.empty.withMemoryRebound(to: CChar.self, capacity: 1) { bind($0, 0, at: place) }
        }
        base.withMemoryRebound(to: CChar.self, capacity: text.count) { bind($0, text.count, at: place) }
    }

    private func bind(_ text: UnsafePointer<CChar>, _ count: Int, at place: Int32) {
        sqlite3_bind_text(statement, place, text, Int32(truncatingIfNeeded: count), nil)
    }

    func bind(blob: UnsafeBufferPointer<UInt8>, at place: Int32) {
        guard let base = blob.baseAddress, !blob.isEmpty else {
            sqlite3_bind_zeroblob(statement, place, 0)
            return
        }
        sqlite3_bind_blob(statement, place, base, Int32(truncatingIfNeeded: blob.count), nil)
    }

    private nonisolated(unsafe) static let empty: UnsafeMutablePointer<UInt8> = {
        let place = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        place.initialize(to: 0)
        return place
    }()

    /// - Returns: whether there is a row.
    func step() throws -> Bool {
        let code = sqlite3_step(statement)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else {
            let error = DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)))
            sqlite3_reset(statement)
            throw error
        }
        return false
    }

    /// Runs it to its end, for statements without rows.
    func run() throws {
        defer { reset() }
        while try step() {}
    }

    func reset() { sqlite3_reset(statement) }

    func number(_ column: Int32) -> UInt64 { UInt64(bitPattern: sqlite3_column_int64(statement, column)) }

    /// Whether a column has just these bytes.
    func isText(_ column: Int32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let bytes = sqlite3_column_text(statement, column) else { return false }
        return UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))).elementsEqual(text)
    }
}
