#if MySQL
    import Storage

    /// Messages in a MySQL or MariaDB database that nodes share.
    ///
    /// Rows are locked in one order: mailboxes by number, conversations by number, devices by name. A message gets its position while its mailbox is
    /// locked, until the commit: see `MailboxSources.horizon`. What takes messages out does so on one node at a time: see `UpkeepLock`.
    public final class MySQLMessageStore: MessageStore {
        let place: String
        let pool: MySQLPool
        let names = MessageNames()
        let members = GroupMembers()

        /// Connects and brings the tables up to date. Throws `MessageStoreError.unusable`.
        public init(_ server: MySQLServer) throws {
            place = server.place
            pool = MySQLPool(server)
            try Self.translating(place) { try MySQLMigration.bringUpToDate(server) }
        }

        func access<Result>(_ body: (MySQLConnection) throws -> Result) throws -> Result {
            try Self.translating(place) { try pool.retrying(body) }
        }

        /// The server's errors in one line that names it.
        static func translating<Result>(_ place: String, _ body: () throws -> Result) throws -> Result {
            do { return try body() } catch let failure as MySQLFailure {
                if failure.isRefusal { throw MessageStoreError.refused(path: place, reason: failure.reason) }
                throw MessageStoreError.unusable(path: place, reason: failure.reason)
            } catch is MySQLMigration.TooNew {
                throw MessageStoreError.unusable(path: place, reason: "its tables were made by a newer version of hpush")
            }
        }
    }
#endif
