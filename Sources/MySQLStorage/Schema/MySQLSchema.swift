#if MySQL
    /// The tables, step by step. A step that has shipped never changes; a new one is added behind it. The server commits each statement by itself,
    /// so a step is written such that it can be repeated when it broke off.
    ///
    /// Names are VARBINARY: compared byte by byte, also where they end with spaces, which MySQL's collations of text ignore.
    enum MySQLSchema {
        static let steps: [[String]] = [accounts, messages, retention]

        static let table = "ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin"

        private static let accounts = [
            // What other nodes look at to see whether there is something new.
            "CREATE TABLE IF NOT EXISTS counter (name VARBINARY(64) NOT NULL PRIMARY KEY, value BIGINT UNSIGNED NOT NULL) \(table)",
            "INSERT IGNORE INTO counter (name, value) VALUES ('accounts', 1), ('groups', 1)",
            // version: the counter's value when it was made
            """
            CREATE TABLE IF NOT EXISTS user (
                name VARBINARY(64) NOT NULL PRIMARY KEY,
                password VARBINARY(255) NOT NULL,
                created_ms BIGINT UNSIGNED NOT NULL,
                version BIGINT UNSIGNED NOT NULL,
                KEY user_by_version (version)
            ) \(table)
            """,
            """
            CREATE TABLE IF NOT EXISTS removed_user (
                name VARBINARY(64) NOT NULL PRIMARY KEY,
                version BIGINT UNSIGNED NOT NULL,
                KEY removed_user_by_version (version)
            ) \(table)
            """,
            // contact is told when user comes and goes
            """
            CREATE TABLE IF NOT EXISTS contact (
                user VARBINARY(64) NOT NULL,
                contact VARBINARY(64) NOT NULL,
                PRIMARY KEY (user, contact),
                KEY contact_by_contact (contact),
                FOREIGN KEY (user) REFERENCES user (name) ON DELETE CASCADE,
                FOREIGN KEY (contact) REFERENCES user (name) ON DELETE CASCADE
            ) \(table)
            """,
        ]

        private static let messages = [
            """
            CREATE TABLE IF NOT EXISTS conversation (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                name VARBINARY(600) NOT NULL UNIQUE,
                last_seq BIGINT UNSIGNED NOT NULL
            ) \(table)
            """,
            // last: messages it ever got; taken: up to which number some device has them all; last_position: nothing in it lies beyond
            """
            CREATE TABLE IF NOT EXISTS mailbox (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                name VARBINARY(300) NOT NULL UNIQUE,
                last BIGINT UNSIGNED NOT NULL,
                taken BIGINT UNSIGNED NOT NULL,
                last_position BIGINT UNSIGNED NOT NULL
            ) \(table)
            """,
            """
            CREATE TABLE IF NOT EXISTS message (
                position BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                server_id BIGINT UNSIGNED NOT NULL,
                conversation BIGINT UNSIGNED NOT NULL,
                seq BIGINT UNSIGNED NOT NULL,
                mailbox BIGINT UNSIGNED NOT NULL,
                number BIGINT UNSIGNED NOT NULL,
                sender VARBINARY(255) NOT NULL,
                device VARBINARY(255) NOT NULL,
                stored_ms BIGINT UNSIGNED NOT NULL,
                body LONGBLOB NOT NULL,
                UNIQUE KEY message_by_server_id (server_id),
                UNIQUE KEY message_by_conversation (conversation, seq),
                KEY message_by_mailbox (mailbox, position)
            ) \(table)
            """,
            // what senders call their messages, for a day; name: a digest of sender, device, mailbox and msg_id
            """
            CREATE TABLE IF NOT EXISTS sent (
                name BINARY(16) NOT NULL PRIMARY KEY,
                server_id BIGINT UNSIGNED NOT NULL,
                seq BIGINT UNSIGNED NOT NULL,
                stored_ms BIGINT UNSIGNED NOT NULL,
                KEY sent_by_age (stored_ms)
            ) \(table)
            """,
            // name: user and device in one
            """
            CREATE TABLE IF NOT EXISTS device (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                name VARBINARY(600) NOT NULL UNIQUE,
                user VARBINARY(255) NOT NULL,
                position BIGINT UNSIGNED NOT NULL,
                KEY device_by_user (user, position)
            ) \(table)
            """,
            // beyond the device's position
            """
            CREATE TABLE IF NOT EXISTS acknowledged (
                device BIGINT UNSIGNED NOT NULL,
                server_id BIGINT UNSIGNED NOT NULL,
                PRIMARY KEY (device, server_id)
            ) \(table)
            """,
            """
            CREATE TABLE IF NOT EXISTS chat_group (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                name VARBINARY(64) NOT NULL UNIQUE,
                mailbox BIGINT UNSIGNED NOT NULL
            ) \(table)
            """,
            // since: the last position before the user came
            """
            CREATE TABLE IF NOT EXISTS member (
                chat_group BIGINT UNSIGNED NOT NULL,
                user VARBINARY(255) NOT NULL,
                since BIGINT UNSIGNED NOT NULL,
                PRIMARY KEY (chat_group, user),
                KEY member_by_user (user, chat_group)
            ) \(table)
            """,
        ]
    }
#endif
