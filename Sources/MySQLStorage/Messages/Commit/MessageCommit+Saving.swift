#if MySQL
    import Storage

    // Messages into their mailboxes and conversations, whose rows are locked.
    extension MessageCommit {
        enum MailboxColumn {
            static let last = 0
            static let taken = 1
            static let lastPosition = 2
        }

        private struct Sent {
            var serverID: UInt64
            var sequence: UInt64
            var time: UInt64
        }

        func save(_ targets: Targets, _ connection: MySQLConnection) throws {
            if drafts.isEmpty { return }
            var sent = try findSent(connection)
            var stored = looksForStored ? try findStored(connection) : [:]
            var messages: [[MySQLValue]] = []
            var changed: Set<UInt64> = []
            var named: [[UInt8]: Sent] = [:]
            for (place, entry) in drafts.enumerated() {
                guard let target = targets.ofDrafts[place] else { continue }
                let draft = entry.draft
                if let sequence = stored[draft.serverID] {
                    outcomes[entry.index] = .saved(serverID: draft.serverID, sequence: sequence, isDuplicate: false)
                    continue
                }
                let name = draft.messageID == 0 ? [] : ColumnName.sent(draft)
                if let known = sent[name], known.time + MessageDraft.resendWindow > draft.time {
                    outcomes[entry.index] = .saved(serverID: known.serverID, sequence: known.sequence, isDuplicate: true)
                    continue
                }
                let taken = mailboxes[target.mailbox, MailboxColumn.taken]
                if draft.group == nil, mailboxes[target.mailbox, MailboxColumn.last] >= taken + UInt64(max(draft.mostWaiting, 0)) {
                    outcomes[entry.index] = .inboxFull
                    continue
                }
                mailboxes[target.mailbox, MailboxColumn.last] += 1
                conversations[target.conversation, 0] += 1
                let sequence = conversations[target.conversation, 0]
                changed.insert(target.mailbox)
                stored[draft.serverID] = sequence
                messages.append([
                    .number(draft.serverID), .number(target.conversation), .number(sequence), .number(target.mailbox),
                    .number(mailboxes[target.mailbox, MailboxColumn.last]), .bytes(ColumnName.user(draft.sender)),
                    .bytes(ColumnName.device(draft.device)), .number(draft.time), .bytes(draft.body),
                ])
                if draft.messageID != 0 {
                    sent[name] = Sent(serverID: draft.serverID, sequence: sequence, time: draft.time)
                    named[name] = sent[name]
                }
                outcomes[entry.index] = .saved(serverID: draft.serverID, sequence: sequence, isDuplicate: false)
            }
            try write(messages, named, connection, in: changed)
        }

        private func write(
            _ messages: [[MySQLValue]], _ named: [[UInt8]: Sent], _ connection: MySQLConnection, in changed: Set<UInt64>
        ) throws {
            if messages.isEmpty { return }
            let last = try connection.insert(
                """
                INSERT INTO message (server_id, conversation, seq, mailbox, number, sender, device, stored_ms, body) VALUES (...)
                """, messages,
                bytes: { if case .bytes(let body) = messages[$0].last { body.count + 600 } else { 0 } })
            for mailbox in changed { mailboxes[mailbox, MailboxColumn.lastPosition] = last }
            // In one order, so that no two nodes wait for each other.
            let rows = named.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { name, sent in
                [MySQLValue.bytes(name), .number(sent.serverID), .number(sent.sequence), .number(sent.time)]
            }
            try connection.insert("REPLACE INTO sent (name, server_id, seq, stored_ms) VALUES (...)", rows)
        }

        /// What senders have sent under these names before.
        private func findSent(_ connection: MySQLConnection) throws -> [[UInt8]: Sent] {
            var sent: [[UInt8]: Sent] = [:]
            let names = drafts.compactMap { $0.draft.messageID == 0 ? nil : MySQLValue.bytes(ColumnName.sent($0.draft)) }
            try connection.query("SELECT name, server_id, seq, stored_ms FROM sent WHERE name IN (?...)", in: names) {
                sent[try $0.bytes(0)] = Sent(serverID: $0.number(1), sequence: $0.number(2), time: $0.number(3))
            }
            return sent
        }

        /// Sequences of those that are there already, by number.
        private func findStored(_ connection: MySQLConnection) throws -> [UInt64: UInt64] {
            var stored: [UInt64: UInt64] = [:]
            try connection.query(
                "SELECT server_id, seq FROM message WHERE server_id IN (?...)", in: drafts.map { .number($0.draft.serverID) }
            ) { stored[$0.number(0)] = $0.number(1) }
            return stored
        }
    }
#endif
