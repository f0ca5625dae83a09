#if MySQL
    // The same for many rows in few statements. Their sizes are few, too, since each is prepared once a connection.
    extension MySQLConnection {
        private static let sizes = [1, 8, 64, 256]
        private static let rowCounts = [256, 64, 16, 4, 1]

        /// Asks for many values at once: `?...` in `sql` becomes as many places as there are values. Where they are ascending, rows are locked in
        /// that order.
        func query(_ sql: String, in values: [MySQLValue], _ body: (MySQLRow) throws -> Void) throws {
            for (part, values) in Self.padded(values) { try query(Self.expand(sql, part), values, body) }
        }

        /// The same with two lists of values, for the first and the second `?...`; all in one statement as far as there is room.
        func query(_ sql: String, in first: [MySQLValue], and second: [MySQLValue], _ body: (MySQLRow) throws -> Void) throws {
            for ((size, firstPart), (_, secondPart)) in zip(Self.padded(first), Self.padded(second)) {
                try query(Self.expand(sql, size), firstPart + secondPart, body)
            }
        }

        /// Removes rows: `?` in `sql` is `number`, `?...` are `values`.
        func remove(_ sql: String, of number: UInt64, _ values: [UInt64]) throws {
            for (size, part) in Self.padded(values.map { .number($0) }) { try execute(Self.expand(sql, size), [.number(number)] + part) }
        }

        private static func expand(_ sql: String, _ count: Int) -> String {
            sql.replacing("?...", with: repeatElement("?", count: count).joined(separator: ", "))
        }

        /// In parts of a few sizes; the last value fills what is left.
        private static func padded(_ values: [MySQLValue]) -> [(size: Int, values: [MySQLValue])] {
            var parts: [(Int, [MySQLValue])] = []
            var start = 0
            while start < values.count {
                let part = Array(values[start..<min(start + (sizes.last ?? 1), values.count)])
                start += part.count
                let size = sizes.first { $0 >= part.count } ?? part.count
                parts.append((size, part + repeatElement(part[part.count - 1], count: size - part.count)))
            }
            return parts
        }

        /// Inserts rows: `(...)` in `sql` becomes the places of as many rows as go into one statement.
        /// - Parameters:
        ///   - bytes: of a row; a statement gets no more than the server takes.
        ///   - isRepeatable: as in `execute`.
        /// - Returns: the number that the last row got.
        @discardableResult
        func insert(_ sql: String, _ rows: [[MySQLValue]], bytes: ((Int) -> Int)? = nil, isRepeatable: Bool = false) throws -> UInt64 {
            guard let width = rows.first?.count else { return 0 }
            let places = "(" + repeatElement("?", count: width).joined(separator: ", ") + ")"
            let room = min(maximumPacket / 2, 4 << 20)
            var last: UInt64 = 0
            var start = 0
            while start < rows.count {
                var count = Self.rowCounts.first { $0 <= rows.count - start } ?? 1
                if let bytes {
                    while count > 1, (start..<start + count).reduce(0, { $0 + bytes($1) }) > room {
                        count = Self.rowCounts.first { $0 < count } ?? 1
                    }
                }
                let text = sql.replacing("(...)", with: repeatElement(places, count: count).joined(separator: ", "))
                let change = try execute(text, Array(rows[start..<start + count].joined()), isRepeatable: isRepeatable)
                last = change.firstID + UInt64(count - 1) * increment
                start += count
            }
            return last
        }

        /// Sets columns of many rows, each to values of its own.
        /// - Parameter rows: the id of each, and its values in the order of `columns`.
        func update(_ table: String, _ columns: [String], _ rows: [(id: UInt64, values: [UInt64])]) throws {
            var start = 0
            while start < rows.count {
                let part = rows[start..<min(start + 64, rows.count)]
                start += part.count
                let size = Self.sizes.first { $0 >= part.count } ?? part.count
                let padded = Array(part) + repeatElement(part[part.endIndex - 1], count: size - part.count)
                let cases = repeatElement("WHEN ? THEN ?", count: size).joined(separator: " ")
                let sets = columns.map { "\($0) = CASE id \(cases) END" }.joined(separator: ", ")
                var values: [MySQLValue] = []
                for column in columns.indices {
                    for row in padded { values += [.number(row.id), .number(row.values[column])] }
                }
                values += padded.map { .number($0.id) }
                try execute(Self.expand("UPDATE \(table) SET \(sets) WHERE id IN (?...)", size), values)
            }
        }
    }
#endif
