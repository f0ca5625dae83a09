#if MySQL
    import Storage

    extension MySQLMessageStore {
        public func keep(_ sightings: [DeviceSighting]) throws {
            var latest: [[UInt8]: DeviceSighting] = [:]
            for sighting in sightings {
                let name = ColumnName.pair(sighting.user, sighting.device)
                if latest[name].map({ $0.time < sighting.time }) ?? true { latest[name] = sighting }
            }
            // In one order, so that no two nodes wait for each other.
            let rows = latest.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { name, sighting in
                [
                    MySQLValue.bytes(name), .bytes(ColumnName.user(sighting.user)), .bytes(ColumnName.device(sighting.device)),
                    .number(sighting.time),
                ]
            }
            try access { connection in
                _ = try connection.insert(
                    """
                    INSERT INTO last_seen (name, user, device, seen_ms) VALUES (...)
                    ON DUPLICATE KEY UPDATE seen_ms = GREATEST(seen_ms, VALUES(seen_ms))
                    """, rows, isRepeatable: true)
            }
        }

        public func devices(of user: String) throws -> [DeviceSighting] {
            try access { connection in
                var devices: [DeviceSighting] = []
                try connection.query(
                    "SELECT device, seen_ms FROM last_seen WHERE user = ? ORDER BY seen_ms DESC, device", [.bytes(ColumnName.user(user))]
                ) { devices.append(DeviceSighting(user: user, device: try $0.text(0), time: $0.number(1))) }
                return devices
            }
        }
    }
#endif
