#if MySQL
    /// The server's lock of those who take messages out, so that no two nodes do at once. It ends with the connection, too.
    enum UpkeepLock {
        private static let name = "CONCAT('hpush.expiry.', MD5(DATABASE()))"

        /// Not to be called in a transaction.
        /// - Returns: what `body` returns; nil: another node has had it all the while.
        static func holding<Result>(_ connection: MySQLConnection, waitSeconds: Int, _ body: () throws -> Result) throws -> Result? {
            var isOurs = false
            try connection.query("SELECT GET_LOCK(\(name), ?)", [.count(waitSeconds)]) { isOurs = $0.number(0) == 1 }
            guard isOurs else { return nil }
            defer { if !connection.isBroken { try? connection.query("SELECT RELEASE_LOCK(\(name))") { _ in } } }
            return try body()
        }
    }
#endif
