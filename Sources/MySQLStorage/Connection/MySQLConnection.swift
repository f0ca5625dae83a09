#if MySQL
    import CMariaDB

    /// A connection to the server, with the statements that were prepared on it. Calls block for as long as the server's time-outs say.
    /// One thread at a time.
    final class MySQLConnection: @unchecked Sendable {
        // @unchecked: whoever took it from the pool has it alone.
        private let handle: UnsafeMutablePointer<MYSQL>
        private var statements: [String: MySQLStatement] = [:]
        private var isInTransaction = false
        /// It is not to be used any more.
        private(set) var isBroken = false
        /// Bytes of a statement with its parameters at most.
        private(set) var maximumPacket = 16 << 20
        /// Between the numbers that one statement gives its rows.
        private(set) var increment: UInt64 = 1

        private static let mostStatements = 200

        init(_ server: MySQLServer) throws {
            // Once a process, before the first of two threads gets here.
            _ = Self.library
            guard let made = mysql_init(nil) else { throw MySQLFailure(code: 2008, text: "out of memory") }
            handle = made
            try open(server)
        }

        deinit {
            statements = [:]
            mysql_close(handle)
        }

        private static let library: Int32 = mysql_server_init(0, nil, nil)

        private func open(_ server: MySQLServer) throws {
            setOption(MYSQL_OPT_CONNECT_TIMEOUT, UInt32(server.connectSeconds))
            setOption(MYSQL_OPT_READ_TIMEOUT, UInt32(server.readSeconds))
            setOption(MYSQL_OPT_WRITE_TIMEOUT, UInt32(server.writeSeconds))
            setOption(MYSQL_OPT_LOCAL_INFILE, UInt32(0))
            // Not a Unix socket where the host is localhost.
            setOption(MYSQL_OPT_PROTOCOL, UInt32(MYSQL_PROTOCOL_TCP.rawValue))
            setOption(MYSQL_OPT_MAX_ALLOWED_PACKET, UInt(1 << 30))
            // A lost connection must show, so that a transaction is not continued on another one.
            setOption(MYSQL_OPT_RECONNECT, my_bool(0))
            mysql_options(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4")
            // The number of rows that an UPDATE found, also when it changed nothing in them.
            let flags = UInt(CLIENT_FOUND_ROWS)
            guard
                mysql_real_connect(handle, server.host, server.user, server.password, server.database, UInt32(server.port), nil, flags)
                    != nil
            else { throw failure() }
            // Each statement sees what was committed before it, and locks rows only, not the gaps between them.
            try run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            try run(
                "SET SESSION innodb_lock_wait_timeout = \(server.lockWaitSeconds), sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'")
            try query("SELECT @@max_allowed_packet, @@auto_increment_increment") { row in
                maximumPacket = Int(clamping: row.number(0))
                increment = max(row.number(1), 1)
            }
        }

        private func setOption<Value>(_ option: mysql_option, _ value: Value) {
            withUnsafePointer(to: value) { _ = mysql_options(handle, option, $0) }
        }

        // MARK: Statements

        /// A statement without parameters and without rows.
        func run(_ sql: String) throws {
            guard mysql_real_query(handle, sql, UInt(sql.utf8.count)) == 0 else { throw failure() }
        }

        struct Change {
            /// Rows that were found, inserted or removed.
            var rows: UInt64
            /// The number that the first inserted row got.
            var firstID: UInt64
        }

        /// - Parameter isRepeatable: whether it may happen twice; without a transaction, its fate is in doubt otherwise when the connection breaks.
        @discardableResult
        func execute(_ sql: String, _ values: [MySQLValue] = [], isRepeatable: Bool = false) throws -> Change {
            do {
                let statement = try statement(sql)
                try statement.run(values)
                return Change(rows: statement.affected, firstID: statement.insertID)
            } catch var failure as MySQLFailure {
                failure.isInDoubt = failure.isLost && !isInTransaction && !isRepeatable
                throw noted(failure)
            }
        }

        /// Calls `body` for each row; a row is good during its call.
        func query(_ sql: String, _ values: [MySQLValue] = [], _ body: (MySQLRow) throws -> Void) throws {
            do {
                let statement = try statement(sql)
                try statement.run(values)
                try statement.forEachRow(body)
            } catch let failure as MySQLFailure {
                throw noted(failure)
            }
        }

        private func statement(_ sql: String) throws -> MySQLStatement {
            if let known = statements[sql] { return known }
            if statements.count >= Self.mostStatements { statements = [:] }
            let made = try MySQLStatement(sql, handle)
            statements[sql] = made
            return made
        }

        private func failure() -> MySQLFailure {
            noted(MySQLFailure(code: mysql_errno(handle), text: String(cString: mysql_error(handle))))
        }

        private func noted(_ failure: MySQLFailure) -> MySQLFailure {
            if failure.isLost { isBroken = true }
            return failure
        }

        // MARK: Transactions

        /// All of it happens, or nothing. When `body` throws, nothing does.
        func transaction<Result>(_ body: () throws -> Result) throws -> Result {
            try run("START TRANSACTION")
            isInTransaction = true
            defer { isInTransaction = false }
            let result: Result
            do { result = try body() } catch {
                rollBack()
                throw error
            }
            do { try run("COMMIT") } catch var failure as MySQLFailure {
                failure.isInDoubt = failure.isLost
                // Whatever the server makes of it, it ends with the connection.
                isBroken = true
                throw failure
            }
            return result
        }

        private func rollBack() {
            guard !isBroken else { return }
            do { try run("ROLLBACK") } catch { isBroken = true }
        }
    }
#endif
