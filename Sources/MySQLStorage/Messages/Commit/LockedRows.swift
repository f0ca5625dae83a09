#if MySQL
    /// Rows of counters that a transaction has locked, by number, and what is to be written back.
    struct LockedRows {
        let table: String
        let columns: [String]
        private var rows: [UInt64: [UInt64]] = [:]
        private var changed: Set<UInt64> = []

        init(table: String, columns: [String]) {
            self.table = table
            self.columns = columns
        }

        mutating func removeAll() {
            rows = [:]
            changed = []
        }

        /// In ascending order, as everybody does.
        mutating func lock(_ numbers: Set<UInt64>, _ connection: MySQLConnection) throws {
            var found: [UInt64: [UInt64]] = [:]
            let count = columns.count
            let text =
                "SELECT id, \(columns.joined(separator: ", ")) FROM \(table) FORCE INDEX (PRIMARY) WHERE id IN (?...) ORDER BY id FOR UPDATE"
            try connection.query(text, in: numbers.sorted().map { .number($0) }) { row in
                found[row.number(0)] = (1...count).map { row.number($0) }
            }
            guard found.count == numbers.count else { throw MessageCommit.MissingRow() }
            rows = found
        }

        /// A value of a row that is locked; setting it has the row written back.
        subscript(number: UInt64, column: Int) -> UInt64 {
            get { rows[number]?[column] ?? 0 }
            set {
                rows[number]?[column] = newValue
                changed.insert(number)
            }
        }

        func write(_ connection: MySQLConnection) throws {
            try connection.update(table, columns, changed.sorted().compactMap { number in rows[number].map { (number, $0) } })
        }
    }
#endif
