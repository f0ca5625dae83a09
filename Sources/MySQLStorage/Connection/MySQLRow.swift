#if MySQL
    import CMariaDB

    /// The row a statement is at. Columns of whole numbers are read as numbers, all others as bytes.
    final class MySQLRow {
        private struct Column {
            var number: UInt64 = 0
            var length: UInt = 0
            var isNull = my_bool(0)
            var error = my_bool(0)
            var isNumber: Bool
            var bytes = UnsafeMutableRawBuffer(count: 64)
        }

        private let statement: UnsafeMutablePointer<MYSQL_STMT>
        private let count: Int
        private let columns: UnsafeMutablePointer<Column>
        private let binds: UnsafeMutablePointer<MYSQL_BIND>

        /// Longer values are read on their own, so that memory is not kept for them.
        private static let mostKept = 1 << 16

        init(_ statement: UnsafeMutablePointer<MYSQL_STMT>) {
            self.statement = statement
            count = Int(mysql_stmt_field_count(statement))
            columns = .allocate(capacity: max(count, 1))
            binds = .allocate(capacity: max(count, 1))
            binds.initialize(repeating: MYSQL_BIND(), count: max(count, 1))
            let metadata = mysql_stmt_result_metadata(statement)
            defer { mysql_free_result(metadata) }
            let fields = metadata.flatMap { mysql_fetch_fields($0) }
            for index in 0..<count {
                let isNumber = fields.map { Self.numbers.contains($0[index].type.rawValue) } ?? false
                (columns + index).initialize(to: Column(isNumber: isNumber))
            }
        }

        deinit {
            for index in 0..<count { columns[index].bytes.deallocate() }
            columns.deinitialize(count: count)
            columns.deallocate()
            binds.deallocate()
        }

        private static let numbers: Set = [
            MYSQL_TYPE_TINY.rawValue, MYSQL_TYPE_SHORT.rawValue, MYSQL_TYPE_INT24.rawValue, MYSQL_TYPE_LONG.rawValue,
            MYSQL_TYPE_LONGLONG.rawValue,
        ]

        /// Has the statement's rows come here.
        func bind() -> Bool {
            guard count > 0 else { return true }
            for index in 0..<count {
                let column = columns + index
                binds[index] = MYSQL_BIND()
                if column.pointee.isNumber {
                    binds[index].buffer_type = MYSQL_TYPE_LONGLONG
                    binds[index].is_unsigned = 1
                    binds[index].buffer = UnsafeMutableRawPointer(Self.place(column, \.number))
                } else {
                    binds[index].buffer_type = MYSQL_TYPE_BLOB
                    binds[index].buffer = column.pointee.bytes.base
                    binds[index].buffer_length = UInt(column.pointee.bytes.count)
                }
                binds[index].length = Self.place(column, \.length)
                binds[index].is_null = Self.place(column, \.isNull)
                binds[index].error = Self.place(column, \.error)
            }
            return mysql_stmt_bind_result(statement, binds) == 0
        }

        private static func place<Value>(_ column: UnsafeMutablePointer<Column>, _ path: WritableKeyPath<Column, Value>)
            -> UnsafeMutablePointer<Value>?
        {
            column.pointer(to: path)
        }

        /// 0 where the value is NULL.
        func number(_ column: Int) -> UInt64 { columns[column].isNull == 0 ? columns[column].number : 0 }

        func isNull(_ column: Int) -> Bool { columns[column].isNull != 0 }

        /// Empty where the value is NULL.
        func bytes(_ column: Int) throws -> [UInt8] {
            guard columns[column].isNull == 0 else { return [] }
            let length = Int(columns[column].length)
            if length <= columns[column].bytes.count {
                return Array(UnsafeRawBufferPointer(start: columns[column].bytes.base, count: length))
            }
            return try [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
                var got: UInt = 0
                var bind = MYSQL_BIND()
                bind.buffer_type = MYSQL_TYPE_BLOB
                bind.buffer = buffer.baseAddress.map { UnsafeMutableRawPointer($0) }
                bind.buffer_length = UInt(length)
                let status = withUnsafeMutablePointer(to: &got) { place in
                    bind.length = place
                    return mysql_stmt_fetch_column(statement, &bind, UInt32(column), 0)
                }
                guard status == 0 else {
                    throw MySQLFailure(code: mysql_stmt_errno(statement), text: String(cString: mysql_stmt_error(statement)))
                }
                filled = length
            }
        }

        func text(_ column: Int) throws -> String { String(decoding: try bytes(column), as: UTF8.self) }
    }
#endif
