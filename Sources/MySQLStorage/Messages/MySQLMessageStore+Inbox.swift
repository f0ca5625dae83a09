#if MySQL
    import Storage

    extension MySQLMessageStore {
        public func inbox(of user: String, device: String, after: UInt64?, limit: Int, bytes: Int) throws -> InboxPage {
            try access { connection in
                var known: (id: UInt64, position: UInt64)?
                try connection.query("SELECT id, position FROM device WHERE name = ?", [.bytes(ColumnName.pair(user, device))]) {
                    known = ($0.number(0), $0.number(1))
                }
                guard let known else {
                    var page = InboxPage(last: after ?? 0)
                    page.isRegistered = false
                    return page
                }
                let name = ColumnName.user(user)
                let sources = try MailboxSources.find([(name, ColumnName.mailbox(ofUser: user))], connection)[name] ?? MailboxSources()
                var page = InboxPage(last: max(after ?? 0, known.position))
                let request = MessageCandidate.Request(
                    user: name, device: ColumnName.device(device), sources: sources, after: page.last, limit: limit)
                let candidates = try MessageCandidate.find([request], connection)[0]
                page.more = candidates.count == limit
                if candidates.isEmpty { return page }
                let chosen = Self.choose(candidates, bytes, without: try Self.acknowledged(known.id, connection), for: &page)
                try Self.read(chosen, into: &page, connection)
                return page
            }
        }

        private static func acknowledged(_ device: UInt64, _ connection: MySQLConnection) throws -> Set<UInt64> {
            var acknowledged: Set<UInt64> = []
            try connection.query("SELECT server_id FROM acknowledged WHERE device = ?", [.number(device)]) {
                acknowledged.insert($0.number(0))
            }
            return acknowledged
        }

        private static func choose(
            _ candidates: [MessageCandidate], _ bytes: Int, without acknowledged: Set<UInt64>, for page: inout InboxPage
        ) -> [MessageCandidate] {
            var chosen: [MessageCandidate] = []
            var size = 0
            for candidate in candidates {
                if size > 0, size + candidate.size > bytes {
                    page.more = true
                    break
                }
                page.last = candidate.position
                if candidate.isByDevice || acknowledged.contains(candidate.serverID) { continue }
                size += candidate.size
                chosen.append(candidate)
            }
            return chosen
        }

        private static func read(_ candidates: [MessageCandidate], into page: inout InboxPage, _ connection: MySQLConnection) throws {
            var bodies: [UInt64: (sequence: UInt64, body: [UInt8])] = [:]
            let positions = candidates.map { MySQLValue.number($0.position) }
            try connection.query("SELECT position, seq, body FROM message WHERE position IN (?...)", in: positions) {
                bodies[$0.number(0)] = ($0.number(1), try $0.bytes(2))
            }
            // What has expired meanwhile is not there.
            page.messages = candidates.compactMap { candidate in
                bodies[candidate.position].map {
                    StoredMessage(position: candidate.position, serverID: candidate.serverID, sequence: $0.sequence, body: $0.body)
                }
            }
        }
    }
#endif
