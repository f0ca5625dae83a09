import GRDB

extension SQLiteMessageStore {
    public func keep(_ sightings: [DeviceSighting]) throws {
        try write { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO last_seen (user, device, at_ms) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)
                    """)
            for sighting in sightings {
                try statement.execute(arguments: [sighting.user, sighting.device, Int64(bitPattern: sighting.time)])
            }
        }
    }

    public func devices(of user: String) throws -> [DeviceSighting] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT device, at_ms FROM last_seen WHERE user = ? ORDER BY at_ms DESC", arguments: [user])
                .map { DeviceSighting(user: user, device: $0[0], time: Self.number($0[1])) }
        }
    }
}
