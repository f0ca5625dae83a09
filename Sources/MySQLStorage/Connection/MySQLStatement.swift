#if MySQL
    import CMariaDB

    /// A prepared statement of one connection, with the memory of its parameters and of a row.
    final class MySQLStatement {
        private let statement: UnsafeMutablePointer<MYSQL_STMT>
        private let parameterCount: Int
        private let parameters: UnsafeMutablePointer<MYSQL_BIND>
        private let numbers: UnsafeMutablePointer<UInt64>
        private let lengths: UnsafeMutablePointer<UInt>
        /// The bytes of all parameters, one after the other.
        private var arena = UnsafeMutableRawBuffer(count: 256)
        private let row: MySQLRow

        /// Memory that a large message took is given back.
        private static let mostKept = 1 << 20

        init(_ sql: String, _ handle: UnsafeMutablePointer<MYSQL>) throws {
            guard let made = mysql_stmt_init(handle) else { throw MySQLFailure(code: 2008, text: "out of memory") }
            guard mysql_stmt_prepare(made, sql, UInt(sql.utf8.count)) == 0 else {
                defer { mysql_stmt_close(made) }
                throw Self.failure(made)
            }
            statement = made
            parameterCount = Int(mysql_stmt_param_count(made))
            parameters = .allocate(capacity: max(parameterCount, 1))
            parameters.initialize(repeating: MYSQL_BIND(), count: max(parameterCount, 1))
            numbers = .allocate(capacity: max(parameterCount, 1))
            lengths = .allocate(capacity: max(parameterCount, 1))
            row = MySQLRow(made)
        }

        deinit {
            mysql_stmt_close(statement)
            parameters.deallocate()
            numbers.deallocate()
            lengths.deallocate()
            arena.deallocate()
        }

        var affected: UInt64 { mysql_stmt_affected_rows(statement) }
        var insertID: UInt64 { mysql_stmt_insert_id(statement) }

        func run(_ values: [MySQLValue]) throws {
            guard values.count == parameterCount else {
                throw MySQLFailure(code: 2034, text: "\(values.count) parameters for \(parameterCount) places")
            }
            bind(values)
            guard mysql_stmt_bind_param(statement, parameters) == 0, mysql_stmt_execute(statement) == 0 else {
                throw Self.failure(statement)
            }
            if arena.count > Self.mostKept { arena.resize(256) }
        }

        private func bind(_ values: [MySQLValue]) {
            let size = values.reduce(0) { total, value in if case .bytes(let bytes) = value { total + bytes.count } else { total } }
            if size > arena.count { arena.resize(size * 2) }
            var offset = 0
            for (index, value) in values.enumerated() {
                parameters[index] = MYSQL_BIND()
                switch value {
                case .number(let number):
                    numbers[index] = number
                    parameters[index].buffer_type = MYSQL_TYPE_LONGLONG
                    parameters[index].is_unsigned = 1
                    parameters[index].buffer = UnsafeMutableRawPointer(numbers + index)
                case .bytes(let bytes):
                    lengths[index] = UInt(bytes.count)
                    bytes.withUnsafeBytes { source in
                        if let base = source.baseAddress { (arena.base + offset).copyMemory(from: base, byteCount: source.count) }
                    }
                    parameters[index].buffer_type = MYSQL_TYPE_BLOB
                    parameters[index].buffer = arena.base + offset
                    parameters[index].buffer_length = UInt(bytes.count)
                    parameters[index].length = lengths + index
                    offset += bytes.count
                }
            }
        }

        /// The rows of the last run, to their end.
        func forEachRow(_ body: (MySQLRow) throws -> Void) throws {
            // What `body` left behind is read away, so that the connection can be used.
            defer { mysql_stmt_free_result(statement) }
            guard row.bind() else { throw Self.failure(statement) }
            while true {
                switch mysql_stmt_fetch(statement) {
                case 0, MYSQL_DATA_TRUNCATED: try body(row)
                case MYSQL_NO_DATA: return
                default: throw Self.failure(statement)
                }
            }
        }

        private static func failure(_ statement: UnsafeMutablePointer<MYSQL_STMT>) -> MySQLFailure {
            let code = mysql_stmt_errno(statement)
            // What ends a row's arrival (a lock, the connection) is written down at the connection alone.
            guard code == 0, let handle = statement.pointee.mysql else {
                return MySQLFailure(code: code, text: String(cString: mysql_stmt_error(statement)))
            }
            return MySQLFailure(code: mysql_errno(handle), text: String(cString: mysql_error(handle)))
        }
    }

    /// Memory of a size that changes; freed by its owner.
    struct UnsafeMutableRawBuffer {
        private(set) var base: UnsafeMutableRawPointer
        private(set) var count: Int

        init(count: Int) {
            base = .allocate(byteCount: count, alignment: 16)
            self.count = count
        }

        /// What was in it is gone.
        mutating func resize(_ count: Int) {
            base.deallocate()
            self = UnsafeMutableRawBuffer(count: count)
        }

        func deallocate() { base.deallocate() }
    }
#endif
