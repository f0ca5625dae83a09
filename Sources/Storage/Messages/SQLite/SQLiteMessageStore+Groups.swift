import GRDB

extension SQLiteMessageStore {
    public func createGroup(_ name: String, members: [String]) throws {
        try GroupName.check(name)
        try GroupName.checkMembers(members)
        try write { database in
            try database.execute(sql: "INSERT INTO chat_group (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [name])
            guard database.changesCount == 1 else { throw MessageStoreError.groupExists(name) }
            try Self.insert(members, into: database.lastInsertedRowID, database)
        }
    }

    public func addMembers(_ users: [String], to group: String) throws {
        try GroupName.checkMembers(users)
        try write { database in try Self.insert(users, into: Self.id(of: group, database), database) }
    }

    public func removeMembers(_ users: [String], from group: String) throws {
        try write { database in
            let id = try Self.id(of: group, database)
            for user in users {
                try database.execute(sql: "DELETE FROM member WHERE group_id = ? AND user = ?", arguments: [id, user])
                guard database.changesCount == 1 else { throw MessageStoreError.noSuchMember(group: group, user: user) }
            }
            try Self.changed(database)
        }
    }

    public func members(of group: String) throws -> [String]? { try read { try Self.memberNames(group, $0) } }

    public func groups(of user: String?) throws -> [String] {
        try read { database in
            guard let user else { return try String.fetchAll(database, sql: "SELECT name FROM chat_group ORDER BY name") }
            return try String.fetchAll(
                database,
                sql: "SELECT name FROM chat_group JOIN member ON member.group_id = chat_group.id WHERE member.user = ? ORDER BY name",
                arguments: [user])
        }
    }

    public func groupVersion() throws -> UInt64 { try read { try Self.groupVersion($0) } }

    static func groupVersion(_ database: Database) throws -> UInt64 {
        number(try Int64.fetchOne(database.cachedStatement(sql: "SELECT value FROM counter WHERE name = 'groups'")) ?? 0)
    }

    static func memberNames(_ group: String, _ database: Database) throws -> [String]? {
        let find = try database.cachedStatement(sql: "SELECT id FROM chat_group WHERE name = ?")
        guard let id = try Int64.fetchOne(find, arguments: [group]) else { return nil }
        return try String.fetchAll(
            database.cachedStatement(sql: "SELECT user FROM member WHERE group_id = ? ORDER BY user"), arguments: [id])
    }

    private static func id(of group: String, _ database: Database) throws -> Int64 {
        guard let id = try Int64.fetchOne(database, sql: "SELECT id FROM chat_group WHERE name = ?", arguments: [group]) else {
            throw MessageStoreError.noSuchGroup(group)
        }
        return id
    }

    private static func insert(_ users: [String], into group: Int64, _ database: Database) throws {
        let last = try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'message'") ?? 0
        for user in users {
            try database.execute(
                sql: "INSERT INTO member (group_id, user, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", arguments: [group, user, last])
        }
        try changed(database)
    }

    private static func changed(_ database: Database) throws {
        try database.execute(sql: "UPDATE counter SET value = value + 1 WHERE name = 'groups'")
    }
}
