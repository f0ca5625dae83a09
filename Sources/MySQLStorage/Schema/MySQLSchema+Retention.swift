#if MySQL
    extension MySQLSchema {
        // Tables of their own rather than columns: nobody who stores has these rows locked, and a large table is not rewritten.
        static let retention = [
            // seq: messages up to here were removed because there were too many
            """
            CREATE TABLE IF NOT EXISTS removed (
                conversation BIGINT UNSIGNED NOT NULL PRIMARY KEY,
                seq BIGINT UNSIGNED NOT NULL
            ) \(table)
            """,
            // name: as in device, which a session without stored messages has no row in
            """
            CREATE TABLE IF NOT EXISTS last_seen (
                name VARBINARY(600) NOT NULL PRIMARY KEY,
                user VARBINARY(255) NOT NULL,
                device VARBINARY(255) NOT NULL,
                seen_ms BIGINT UNSIGNED NOT NULL,
                KEY last_seen_by_user (user, seen_ms)
            ) \(table)
            """,
        ]
    }
#endif
