#if MySQL
    import Storage

    /// Who reads mailboxes, and how far each device has got.
    ///
    /// Read without locks: positions only grow, a new device begins where another one of its user is, and a new member behind all that is stored.
    struct MailboxReaders {
        struct Readers {
            var devices: [WaitingDevice] = []
            var isGroup = false
        }

        private struct Device {
            /// User and device in one, as the column has it.
            var name: String
            var position: UInt64
            var isUsed: Bool
        }

        private(set) var byMailbox: [UInt64: Readers] = [:]

        /// - Parameter seenSince: devices not seen since then, in milliseconds since 1970, wait for nothing.
        static func find(_ mailboxes: Set<UInt64>, seenSince: UInt64, _ connection: MySQLConnection) throws -> MailboxReaders {
            var found = MailboxReaders()
            var users: [[UInt8]: UInt64] = [:]
            var groups: [[UInt8]: UInt64] = [:]
            try connection.query("SELECT id, name FROM mailbox WHERE id IN (?...)", in: mailboxes.sorted().map { .number($0) }) { row in
                let name = try row.bytes(1)
                if let group = ColumnName.group(ofMailbox: name) {
                    groups[group] = row.number(0)
                } else {
                    users[ColumnName.user(ofMailbox: name)] = row.number(0)
                }
            }
            var devices: [[UInt8]: [Device]] = [:]
            try connection.query(
                """
                SELECT device.user, device.name, device.position, last_seen.seen_ms FROM device
                LEFT JOIN last_seen ON last_seen.name = device.name WHERE device.user IN (?...)
                """, in: users.keys.map { .bytes($0) }
            ) { devices[try $0.bytes(0), default: []].append(try device($0, at: 1, seenSince)) }
            for (user, mailbox) in users {
                found.byMailbox[mailbox] = Readers(devices: waiting(user, since: 0, devices[user] ?? []))
            }
            for (group, mailbox) in groups {
                found.byMailbox[mailbox] = Readers(devices: try members(group, seenSince, connection), isGroup: true)
            }
            return found
        }

        private static func members(_ group: [UInt8], _ seenSince: UInt64, _ connection: MySQLConnection) throws -> [WaitingDevice] {
            var members: [[UInt8]: (since: UInt64, devices: [Device])] = [:]
            try connection.query(
                """
                SELECT member.user, member.since, device.name, device.position, last_seen.seen_ms FROM chat_group
                JOIN member ON member.chat_group = chat_group.id LEFT JOIN device ON device.user = member.user
                LEFT JOIN last_seen ON last_seen.name = device.name WHERE chat_group.name = ?
                """, [.bytes(group)]
            ) { row in
                let user = try row.bytes(0)
                members[user, default: (row.number(1), [])].since = row.number(1)
                if !row.isNull(2) { members[user]?.devices.append(try device(row, at: 2, seenSince)) }
            }
            return members.flatMap { waiting($0.key, since: $0.value.since, $0.value.devices) }
        }

        private static func device(_ row: MySQLRow, at column: Int, _ seenSince: UInt64) throws -> Device {
            Device(
                name: try row.text(column), position: row.number(column + 1),
                isUsed: row.isNull(column + 2) || row.number(column + 2) >= seenSince)
        }

        private static func waiting(_ user: [UInt8], since: UInt64, _ devices: [Device]) -> [WaitingDevice] {
            let user = String(decoding: user, as: UTF8.self)
            let used = devices.filter(\.isUsed)
            // Who has no device, or none that anybody uses, has got what the furthest one has.
            if used.isEmpty { return [WaitingDevice(user: user, position: devices.map(\.position).max() ?? 0, since: since)] }
            return used.map { WaitingDevice(device: $0.name, user: user, position: $0.position, since: since) }
        }
    }
#endif
