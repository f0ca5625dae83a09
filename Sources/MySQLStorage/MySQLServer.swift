#if MySQL
    /// A MySQL or MariaDB server and what connections to it may take.
    public struct MySQLServer: Sendable, Hashable {
        public var host: String
        public var port: Int
        public var user: String
        public var password: String
        /// It has to be there; its tables are made.
        public var database: String

        public var connectSeconds = 3
        /// A statement whose answer takes longer is given up, with its connection.
        public var readSeconds = 8
        public var writeSeconds = 8
        /// How long a statement waits for what another transaction has locked. Less than `readSeconds`, so that the server is the one to give up.
        public var lockWaitSeconds = 3

        public init(host: String, port: Int, user: String, password: String, database: String) {
            self.host = host
            self.port = port
            self.user = user
            self.password = password
            self.database = database
        }

        /// For errors; without the password.
        public var place: String { "mysql \(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)" }
    }
#endif
