import GRDB

// What devices have got. A device's position goes on to the first message that it has not acknowledged; what it acknowledged beyond is kept
// one by one.
extension SQLiteMessageStore {
    /// A device as it stands, registered if it is new.
    static func device(
        _ user: String, _ device: String, _ database: Database, _ cache: inout SQLiteMessageCache
    ) throws -> SQLiteMessageCache.Device {
        let key = SQLiteMessageCache.DeviceKey(user, device)
        if let known = cache.devices[key] { return known }
        let position = try cursor(user, device, database) ?? register(user, device, database, cache.changedDevices)
        let row = SQLiteMessageCache.Device(
            user, device, position: position, hasKept: try !acknowledged(user, device, database).isEmpty)
        cache.devices[key] = row
        return row
    }

    /// - Parameter changed: devices that this transaction has brought on, and that are not written yet.
    /// - Returns: the device's position: that of the one that is furthest.
    private static func register(
        _ user: String, _ device: String, _ database: Database, _ changed: [SQLiteMessageCache.Device]
    ) throws -> UInt64 {
        let written = try Int64.fetchOne(database, sql: "SELECT max(position) FROM device WHERE user = ?", arguments: [user]).map(number)
        let own = changed.lazy.filter { $0.user.utf8.elementsEqual(user.utf8) }.map(\.position)
        let others = max(written ?? 0, own.max() ?? 0)
        try database.execute(
            sql: "INSERT INTO device (user, device, position) VALUES (?, ?, ?)", arguments: [user, device, Int64(bitPattern: others)])
        try database.execute(
            sql: "INSERT OR IGNORE INTO acknowledged (user, device, server_id) SELECT user, ?, server_id FROM acknowledged WHERE user = ?",
            arguments: [device, user])
        return others
    }

    static func acknowledge(
        _ user: String, _ device: String, _ serverIDs: [UInt64], _ database: Database, _ cache: inout SQLiteMessageCache
    ) throws {
        if serverIDs.isEmpty { return }
        let row = try Self.device(user, device, database, &cache)
        let start = row.position
        var new = Set(serverIDs)
        var kept = row.hasKept ? try acknowledged(user, device, database) : []
        new.subtract(kept)
        var passed: [UInt64] = []
        var taken: UInt64 = 0
        var isAtEnd = false
        let limit = min(max(new.count + kept.count + 1, 16), 1024)
        walk: while !(new.isEmpty && kept.isEmpty) {
            let candidates = try waiting(user, device, after: row.position, limit: limit, database, &cache)
            for candidate in candidates {
                if new.remove(candidate.serverID) == nil {
                    if kept.remove(candidate.serverID) != nil {
                        passed.append(candidate.serverID)
                    } else if !candidate.isByDevice {
                        break walk
                    }
                }
                row.position = candidate.position
                if candidate.isOwnMailbox { taken = candidate.number }
                if new.isEmpty, kept.isEmpty { break walk }
            }
            isAtEnd = candidates.count < limit
            if isAtEnd { break }
        }
        if isAtEnd, !(new.isEmpty && kept.isEmpty) {
            // Nothing waits: what is left over came twice, or its message is gone.
            try database.cachedStatement(sql: "DELETE FROM acknowledged WHERE user = ? AND device = ?").execute(arguments: [user, device])
            new = []
            kept = []
            passed = []
        }
        try keep(new, user, device, database)
        try drop(passed, user, device, database)
        row.hasKept = !(new.isEmpty && kept.isEmpty)
        if row.position > start { cache.change(row) }
        if taken > 0 { try took(MessageDraft.mailbox(ofUser: user), upTo: taken, database, &cache) }
    }

    private static func keep(_ serverIDs: Set<UInt64>, _ user: String, _ device: String, _ database: Database) throws {
        if serverIDs.isEmpty { return }
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO acknowledged (user, device, server_id) VALUES (?, ?, ?)")
        for serverID in serverIDs { try statement.execute(arguments: [user, device, Int64(bitPattern: serverID)]) }
    }

    private static func drop(_ serverIDs: [UInt64], _ user: String, _ device: String, _ database: Database) throws {
        if serverIDs.isEmpty { return }
        let statement = try database.cachedStatement(sql: "DELETE FROM acknowledged WHERE user = ? AND device = ? AND server_id = ?")
        for serverID in serverIDs { try statement.execute(arguments: [user, device, Int64(bitPattern: serverID)]) }
    }

    // MARK: What waits

    /// As `candidates`, by what is held between transactions.
    private static func waiting(
        _ user: String, _ device: String, after position: UInt64, limit: Int, _ database: Database, _ cache: inout SQLiteMessageCache
    ) throws -> [Candidate] {
        var found: [Candidate] = []
        let statements = try cache.prepared(database)
        if let own = try ownMailbox(user, database, &cache) {
            try scan(own, after: position, limit, isOwn: true, user, device, statements, &found)
        }
        let groups = try groups(of: user, database, &cache)
        if groups.isEmpty { return found }
        for group in groups {
            try scan(group.mailbox, after: max(position, group.since), limit, isOwn: false, user, device, statements, &found)
        }
        found.sort { $0.position < $1.position }
        return Array(found.prefix(limit))
    }

    private static func scan(
        _ mailbox: Int64, after position: UInt64, _ limit: Int, isOwn: Bool, _ user: String, _ device: String,
        _ statements: SQLiteWriteStatements, _ found: inout [Candidate]
    ) throws {
        let scan = statements.scan
        defer { scan.reset() }
        scan.bind(mailbox, at: 1)
        scan.bind(position, at: 2)
        scan.bind(Int64(limit), at: 3)
        while try scan.step() {
            let isByDevice = !isOwn && withTexts(user, device) { scan.isText(3, $0) && scan.isText(4, $1) }
            found.append(
                Candidate(
                    position: scan.number(0), serverID: scan.number(1), number: scan.number(2), size: 0, isOwnMailbox: isOwn,
                    isByDevice: isByDevice))
        }
    }

    private static func ownMailbox(_ user: String, _ database: Database, _ cache: inout SQLiteMessageCache) throws -> Int64? {
        let name = MessageDraft.mailbox(ofUser: user)
        if let known = cache.mailboxes[SQLiteMessageCache.Name(name)] { return known.id }
        guard try Int64.fetchOne(database.cachedStatement(sql: "SELECT id FROM mailbox WHERE name = ?"), arguments: [name]) != nil else {
            return nil
        }
        return try mailbox(name, database, &cache).id
    }

    private static func groups(
        of user: String, _ database: Database, _ cache: inout SQLiteMessageCache
    ) throws -> [SQLiteMessageCache.GroupSource] {
        if !cache.membersAreChecked { cache.groupsHave(try groupVersion(database)) }
        let key = SQLiteMessageCache.Name(user)
        if let known = cache.groups[key] { return known }
        let rows = try Row.fetchAll(database.cachedStatement(sql: groupsQuery), arguments: [user])
        let found = rows.map { SQLiteMessageCache.GroupSource(mailbox: $0[0], since: number($0[1])) }
        cache.groups[key] = found
        return found
    }
}
