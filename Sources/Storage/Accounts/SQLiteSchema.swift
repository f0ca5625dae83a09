import GRDB

/// The tables of `hpush.sqlite`, step by step. A step that has shipped never changes; a new one is added behind it.
enum SQLiteSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 accounts and contacts") { database in
            // Names have SQLite's BINARY order: the bytes of UTF-8.
            try database.execute(
                sql: """
                    CREATE TABLE user (
                        name TEXT PRIMARY KEY NOT NULL,
                        password TEXT NOT NULL,
                        created_ms INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    -- contact is told when user comes and goes
                    CREATE TABLE contact (
                        user TEXT NOT NULL REFERENCES user(name) ON DELETE CASCADE,
                        contact TEXT NOT NULL REFERENCES user(name) ON DELETE CASCADE,
                        PRIMARY KEY (user, contact)
                    ) WITHOUT ROWID;
                    CREATE INDEX contact_by_contact ON contact(contact);
                    """)
        }
        return migrator
    }
}
