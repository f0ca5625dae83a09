#if MySQL
    // What devices have got: their positions, and single messages beyond a gap.
    extension MessageCommit {
        private var sortedDevices: [DeviceProgress] { devices.values.sorted { $0.name.lexicographicallyPrecedes($1.name) } }

        /// Where messages lie for users whose devices have got some. Before the transaction.
        func findSources(_ connection: MySQLConnection) throws -> [[UInt8]: MailboxSources] {
            var users: [[UInt8]: [UInt8]] = [:]
            for device in devices.values where !device.reported.isEmpty { users[device.user] = device.mailbox }
            return try MailboxSources.find(users.map { ($0.key, $0.value) }, connection)
        }

        func advance(_ sources: [[UInt8]: MailboxSources], _ targets: Targets, _ connection: MySQLConnection) throws {
            let all = sortedDevices
            if all.isEmpty { return }
            try find(all, connection)
            let active = all.filter { !$0.reported.isEmpty }
            if active.isEmpty { return }
            try findKept(active, connection)
            var walking = active.filter { !($0.new.isEmpty && $0.kept.isEmpty) }
            while !walking.isEmpty {
                let requests = walking.map { device in
                    MessageCandidate.Request(
                        user: device.user, device: device.device, sources: sources[device.user] ?? MailboxSources(), after: device.position,
                        limit: device.limit)
                }
                let found = try MessageCandidate.find(requests, connection)
                walking = zip(walking, zip(found, requests)).filter { device, answer in device.walk(answer.0, limit: answer.1.limit) }.map(
                    \.0)
            }
            try write(active, targets, connection)
        }

        /// Locks the devices, in the order of their names; makes those that are new.
        private func find(_ all: [DeviceProgress], _ connection: MySQLConnection) throws {
            var found = try lock(all, connection)
            let missing = all.filter { found[$0.name] == nil }
            for device in missing {
                // With what no other device of the user has got.
                try connection.execute(
                    "INSERT IGNORE INTO device (name, user, position) SELECT ?, ?, COALESCE(MAX(position), 0) FROM device WHERE user = ?",
                    [.bytes(device.name), .bytes(device.user), .bytes(device.user)])
            }
            found.merge(try lock(missing, connection)) { $1 }
            for device in all {
                guard let row = found[device.name] else { throw MissingRow() }
                device.begin(id: row.id, position: row.position)
            }
            for device in missing {
                try connection.execute(
                    """
                    INSERT IGNORE INTO acknowledged (device, server_id)
                    SELECT ?, acknowledged.server_id FROM device JOIN acknowledged ON acknowledged.device = device.id
                    WHERE device.user = ? AND device.id <> ?
                    """, [.number(device.id), .bytes(device.user), .number(device.id)])
            }
        }

        private func lock(
            _ devices: [DeviceProgress], _ connection: MySQLConnection
        ) throws -> [[UInt8]: (id: UInt64, position: UInt64)] {
            var found: [[UInt8]: (UInt64, UInt64)] = [:]
            try connection.query(
                "SELECT name, id, position FROM device FORCE INDEX (name) WHERE name IN (?...) ORDER BY name FOR UPDATE",
                in: devices.map { .bytes($0.name) }
            ) { found[try $0.bytes(0)] = ($0.number(1), $0.number(2)) }
            return found
        }

        private func findKept(_ active: [DeviceProgress], _ connection: MySQLConnection) throws {
            var byID: [UInt64: DeviceProgress] = [:]
            for device in active { byID[device.id] = device }
            try connection.query("SELECT device, server_id FROM acknowledged WHERE device IN (?...)", in: active.map { .number($0.id) }) {
                byID[$0.number(0)]?.kept.insert($0.number(1))
            }
            for device in active { device.new.subtract(device.kept) }
        }

        private func write(_ active: [DeviceProgress], _ targets: Targets, _ connection: MySQLConnection) throws {
            let rows = active.flatMap { device in device.new.sorted().map { [MySQLValue.number(device.id), .number($0)] } }
            try connection.insert("INSERT IGNORE INTO acknowledged (device, server_id) VALUES (...)", rows)
            for device in active {
                try connection.remove("DELETE FROM acknowledged WHERE device = ? AND server_id IN (?...)", of: device.id, device.passed)
            }
            let moved = active.filter { $0.position > $0.start }
            try connection.update("device", ["position"], moved.map { ($0.id, [$0.position]) })
            for device in moved where device.taken > 0 {
                guard let mailbox = targets.mailboxes[device.mailbox] else { continue }
                if mailboxes[mailbox, MailboxColumn.taken] < device.taken { mailboxes[mailbox, MailboxColumn.taken] = device.taken }
            }
        }
    }
#endif
