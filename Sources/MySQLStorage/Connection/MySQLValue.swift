#if MySQL
    /// A parameter of a statement. Text is bytes: columns of names have a binary type, so that they are compared byte by byte.
    enum MySQLValue: Sendable, Hashable {
        case number(UInt64)
        case bytes([UInt8])

        static func text(_ text: String) -> MySQLValue { .bytes(Array(text.utf8)) }
        static func count(_ count: Int) -> MySQLValue { .number(UInt64(max(count, 0))) }
    }
#endif
