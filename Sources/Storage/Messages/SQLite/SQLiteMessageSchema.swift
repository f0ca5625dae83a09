import GRDB

/// The tables of `messages.db`, step by step. A step that has shipped never changes; a new one is added behind it.
enum SQLiteMessageSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        // Names have SQLite's BINARY order: the bytes of UTF-8.
        migrator.registerMigration("1 messages, inboxes and groups") { database in
            try database.execute(
                sql: """
                    CREATE TABLE conversation (
                        id INTEGER PRIMARY KEY,
                        name TEXT NOT NULL UNIQUE,
                        last_seq INTEGER NOT NULL
                    );
                    -- last: messages it ever got; taken: up to which number some device has them all
                    CREATE TABLE mailbox (
                        id INTEGER PRIMARY KEY,
                        name TEXT NOT NULL UNIQUE,
                        last INTEGER NOT NULL,
                        taken INTEGER NOT NULL
                    );
                    -- AUTOINCREMENT: a position is never given again, also when the newest messages have expired
                    CREATE TABLE message (
                        position INTEGER PRIMARY KEY AUTOINCREMENT,
                        server_id INTEGER NOT NULL,
                        conversation INTEGER NOT NULL,
                        seq INTEGER NOT NULL,
                        mailbox INTEGER NOT NULL,
                        number INTEGER NOT NULL,
                        sender TEXT NOT NULL,
                        device TEXT NOT NULL,
                        stored_ms INTEGER NOT NULL,
                        body BLOB NOT NULL
                    );
                    CREATE UNIQUE INDEX message_by_conversation ON message(conversation, seq);
                    CREATE INDEX message_by_mailbox ON message(mailbox, position);
                    -- what senders call their messages, for a day
                    CREATE TABLE sent (
                        sender TEXT NOT NULL,
                        device TEXT NOT NULL,
                        mailbox INTEGER NOT NULL,
                        msg_id INTEGER NOT NULL,
                        server_id INTEGER NOT NULL,
                        seq INTEGER NOT NULL,
                        stored_ms INTEGER NOT NULL,
                        PRIMARY KEY (sender, device, mailbox, msg_id)
                    ) WITHOUT ROWID;
                    CREATE INDEX sent_by_age ON sent(stored_ms);
                    CREATE TABLE device (
                        user TEXT NOT NULL,
                        device TEXT NOT NULL,
                        position INTEGER NOT NULL,
                        PRIMARY KEY (user, device)
                    ) WITHOUT ROWID;
                    -- beyond the device's position
                    CREATE TABLE acknowledged (
                        user TEXT NOT NULL,
                        device TEXT NOT NULL,
                        server_id INTEGER NOT NULL,
                        PRIMARY KEY (user, device, server_id)
                    ) WITHOUT ROWID;
                    CREATE TABLE chat_group (
                        id INTEGER PRIMARY KEY,
                        name TEXT NOT NULL UNIQUE
                    );
                    -- since: the last position before the user came
                    CREATE TABLE member (
                        group_id INTEGER NOT NULL REFERENCES chat_group(id) ON DELETE CASCADE,
                        user TEXT NOT NULL,
                        since INTEGER NOT NULL,
                        PRIMARY KEY (group_id, user)
                    ) WITHOUT ROWID;
                    CREATE INDEX member_by_user ON member(user);
                    CREATE TABLE counter (
                        name TEXT PRIMARY KEY NOT NULL,
                        value INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    INSERT INTO counter (name, value) VALUES ('groups', 1);
                    """)
        }
        migrator.registerMigration("2 retention, last seen") { database in
            try database.execute(
                sql: """
                    -- removed_seq: messages up to here were removed because there were too many
                    ALTER TABLE conversation ADD COLUMN removed_seq INTEGER NOT NULL DEFAULT 0;
                    CREATE TABLE last_seen (
                        user TEXT NOT NULL,
                        device TEXT NOT NULL,
                        at_ms INTEGER NOT NULL,
                        PRIMARY KEY (user, device)
                    ) WITHOUT ROWID;
                    """)
        }
        return migrator
    }
}
