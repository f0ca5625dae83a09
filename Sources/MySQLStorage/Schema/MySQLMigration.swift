#if MySQL
    /// Brings the tables up to date. Many nodes may begin at once: one of them does it, the others wait.
    enum MySQLMigration {
        /// The tables were made by a newer version.
        struct TooNew: Error {}

        /// A change of a large table takes its time.
        private static let readSeconds = 3600
        private static let lockSeconds = 3600
        private static let lockName = "CONCAT('hpush.schema.', MD5(DATABASE()))"

        static func bringUpToDate(_ server: MySQLServer, steps: [[String]] = MySQLSchema.steps) throws {
            var patient = server
            patient.readSeconds = readSeconds
            let connection = try MySQLConnection(patient)
            // Without the lock where there is nothing to do: as nearly always.
            if try done(connection, steps) == steps.count { return }
            try lock(connection)
            // Also released with the connection.
            defer { try? connection.query("SELECT RELEASE_LOCK(\(lockName))") { _ in } }
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS hpush_schema (step INT UNSIGNED NOT NULL PRIMARY KEY, made_at DATETIME NOT NULL) ENGINE = InnoDB
                """)
            for number in try done(connection, steps)..<steps.count {
                for statement in steps[number] { try connection.execute(statement) }
                try connection.execute("INSERT INTO hpush_schema (step, made_at) VALUES (?, UTC_TIMESTAMP())", [.count(number + 1)])
            }
        }

        /// Steps that were made.
        private static func done(_ connection: MySQLConnection, _ steps: [[String]]) throws -> Int {
            var last = 0
            do { try connection.query("SELECT MAX(step) FROM hpush_schema") { last = Int($0.number(0)) } } catch let failure as MySQLFailure
                where failure.isMissingTable
            { return 0 }
            guard last <= steps.count else { throw TooNew() }
            return last
        }

        private static func lock(_ connection: MySQLConnection) throws {
            var isOurs = false
            try connection.query("SELECT GET_LOCK(\(lockName), \(lockSeconds))") { isOurs = $0.number(0) == 1 }
            guard isOurs else { throw MySQLFailure(code: 1205, text: "another node is changing the tables for very long") }
        }
    }
#endif
