#if MySQL
    /// A message that lies in one of a user's mailboxes.
    struct MessageCandidate {
        var position: UInt64
        var serverID: UInt64
        var number: UInt64
        var size: Int
        var isOwnMailbox: Bool
        /// The device sent it itself, to a group.
        var isByDevice: Bool

        /// What is asked for: the messages of a device after a position, in all its user's mailboxes.
        struct Request {
            var user: [UInt8]
            var device: [UInt8]
            var sources: MailboxSources
            var after: UInt64
            var limit: Int
        }

        /// - Parameter tag: tells the rows of one mailbox from those of the others.
        private static func select(tag: Int) -> String {
            """
            (SELECT \(tag), position, server_id, number, sender, device, LENGTH(body) FROM message
            WHERE mailbox = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?)
            """
        }

        /// Mailboxes in one statement.
        private static let sizes = [16, 4, 1]

        /// For each request the first ones, ascending. Those where something may lie are asked only.
        static func find(_ requests: [Request], _ connection: MySQLConnection) throws -> [[MessageCandidate]] {
            var places: [(request: Int, source: MailboxSource)] = []
            for (index, request) in requests.enumerated() {
                for source in request.sources.all where source.last > max(request.after, source.since) { places.append((index, source)) }
            }
            var found = [[MessageCandidate]](repeating: [], count: requests.count)
            var start = 0
            while start < places.count {
                let size = sizes.first { $0 <= places.count - start } ?? 1
                let part = places[start..<start + size]
                start += size
                var values: [MySQLValue] = []
                for place in part {
                    let request = requests[place.request]
                    values += [
                        .number(place.source.mailbox), .number(max(request.after, place.source.since)), .number(request.sources.horizon),
                        .count(request.limit),
                    ]
                }
                let text = (0..<size).map(select).joined(separator: " UNION ALL ")
                try connection.query(text, values) { row in
                    let place = part[part.startIndex + Int(row.number(0))]
                    let request = requests[place.request]
                    let isByDevice = try !place.source.isOwn && row.bytes(4) == request.user && row.bytes(5) == request.device
                    found[place.request].append(
                        MessageCandidate(
                            position: row.number(1), serverID: row.number(2), number: row.number(3), size: Int(row.number(6)),
                            isOwnMailbox: place.source.isOwn, isByDevice: isByDevice))
                }
            }
            for (index, request) in requests.enumerated() {
                if request.sources.all.count > 1 { found[index].sort { $0.position < $1.position } }
                if found[index].count > request.limit { found[index].removeLast(found[index].count - request.limit) }
            }
            return found
        }
    }
#endif
