#if MySQL
    import Synchronization

    /// Numbers of mailboxes and conversations, which never change and never go, so that most need not be asked for. Any thread.
    final class MessageNames: Sendable {
        enum Table: String, Sendable {
            case mailbox, conversation

            /// Makes those that are missing.
            var insertion: String {
                switch self {
                case .mailbox: "INSERT IGNORE INTO mailbox (name, last, taken, last_position) VALUES (...)"
                case .conversation: "INSERT IGNORE INTO conversation (name, last_seq) VALUES (...)"
                }
            }

            /// Of such a row, beside its name.
            var zeros: Int { self == .mailbox ? 3 : 1 }
        }

        private static let most = 100_000

        private let known = Mutex<[Table: [[UInt8]: UInt64]]>([:])

        func forget() { known.withLock { $0 = [:] } }

        /// Rows are made where they are missing, outside of any transaction: nobody waits for them.
        func numbers(of names: Set<[UInt8]>, in table: Table, _ connection: MySQLConnection) throws -> [[UInt8]: UInt64] {
            var found: [[UInt8]: UInt64] = [:]
            known.withLock { known in
                for name in names { found[name] = known[table]?[name] }
            }
            guard found.count < names.count else { return found }
            try ask(names, table, connection, &found)
            let missing = names.filter { found[$0] == nil }
            if !missing.isEmpty {
                // In one order, so that no two nodes wait for each other.
                let rows = missing.sorted { $0.lexicographicallyPrecedes($1) }.map { name in
                    [MySQLValue.bytes(name)] + repeatElement(.number(0), count: table.zeros)
                }
                try connection.insert(table.insertion, rows, isRepeatable: true)
                try ask(names, table, connection, &found)
            }
            let all = found
            known.withLock { known in
                if (known[table]?.count ?? 0) + all.count > Self.most { known[table] = [:] }
                known[table, default: [:]].merge(all) { $1 }
            }
            return found
        }

        private func ask(_ names: Set<[UInt8]>, _ table: Table, _ connection: MySQLConnection, _ found: inout [[UInt8]: UInt64]) throws {
            let missing = names.filter { found[$0] == nil }
            try connection.query("SELECT name, id FROM \(table.rawValue) WHERE name IN (?...)", in: missing.map { .bytes($0) }) {
                found[try $0.bytes(0)] = $0.number(1)
            }
        }
    }
#endif
