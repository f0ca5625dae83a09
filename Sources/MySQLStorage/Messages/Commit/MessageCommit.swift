#if MySQL
    import Storage

    /// Writes on their way into one transaction. All that they need is read and locked together, they are applied in memory, and what they changed is
    /// written together: a few dozen statements for a thousand messages.
    ///
    /// What devices have got comes before what is saved. That can only make room in an inbox.
    final class MessageCommit {
        /// A row that was there is not there any more.
        struct MissingRow: Error {}

        let names: MessageNames
        let members: GroupMembers
        let writes: [StoreWrite]
        let drafts: [(index: Int, draft: MessageDraft)]
        /// By the name of user and device.
        let devices: [[UInt8]: DeviceProgress]
        /// Whether a message may be there already under its number: the first try broke off.
        var looksForStored = false

        // Of one run.
        var outcomes: [StoreOutcome] = []
        var mailboxes = LockedRows(table: "mailbox", columns: ["last", "taken", "last_position"])
        var conversations = LockedRows(table: "conversation", columns: ["last_seq"])

        init(_ writes: [StoreWrite], names: MessageNames, members: GroupMembers) {
            self.writes = writes
            self.names = names
            self.members = members
            var drafts: [(Int, MessageDraft)] = []
            var devices: [[UInt8]: DeviceProgress] = [:]
            func device(_ user: String, _ device: String) -> DeviceProgress {
                let name = ColumnName.pair(user, device)
                let known = devices[name] ?? DeviceProgress(name, user: user, device: device)
                devices[name] = known
                return known
            }
            for (index, write) in writes.enumerated() {
                switch write {
                case .save(let draft): drafts.append((index, draft))
                case .acknowledge(let user, let name, let serverIDs): device(user, name).reported.formUnion(serverIDs)
                case .register(let user, let name): _ = device(user, name)
                case .expire: break
                }
            }
            self.drafts = drafts
            self.devices = devices
        }

        func run(_ connection: MySQLConnection) throws -> [StoreOutcome] {
            outcomes = [StoreOutcome](repeating: .done, count: writes.count)
            mailboxes.removeAll()
            conversations.removeAll()
            if drafts.isEmpty, devices.isEmpty { return outcomes }
            let sources = try findSources(connection)
            let groups = try members.groups(Set(drafts.compactMap { $0.draft.group.map { Array($0.utf8) } }), connection)
            let targets = try findTargets(groups, connection)
            return try connection.transaction {
                try lock(targets, connection)
                try advance(sources, targets, connection)
                try save(targets, connection)
                try mailboxes.write(connection)
                try conversations.write(connection)
                return outcomes
            }
        }

        /// Messages and devices by the rows they change.
        struct Targets {
            /// Number of the mailbox and of the conversation, by index in `drafts`; nil: it is refused already.
            var ofDrafts: [(mailbox: UInt64, conversation: UInt64)?] = []
            /// Of users whose devices have got something.
            var mailboxes: [[UInt8]: UInt64] = [:]
        }

        private func findTargets(_ groups: [[UInt8]: GroupMembers.Group], _ connection: MySQLConnection) throws -> Targets {
            var targets = Targets()
            var mailboxNames: Set<[UInt8]> = []
            var conversationNames: Set<[UInt8]> = []
            var names: [(mailbox: [UInt8], conversation: [UInt8])?] = []
            for (index, draft) in drafts {
                if let refusal = Self.refusal(of: draft, groups, connection) {
                    outcomes[index] = refusal
                    names.append(nil)
                    continue
                }
                let name = (ColumnName.mailbox(of: draft), ColumnName.conversation(draft.conversation))
                mailboxNames.insert(name.0)
                conversationNames.insert(name.1)
                names.append(name)
            }
            for device in devices.values where !device.reported.isEmpty { mailboxNames.insert(device.mailbox) }
            let mailboxes = try self.names.numbers(of: mailboxNames, in: .mailbox, connection)
            let conversations = try self.names.numbers(of: conversationNames, in: .conversation, connection)
            targets.ofDrafts = try names.map { name in
                guard let name else { return nil }
                guard let mailbox = mailboxes[name.mailbox], let conversation = conversations[name.conversation] else { throw MissingRow() }
                return (mailbox, conversation)
            }
            for device in devices.values where !device.reported.isEmpty { targets.mailboxes[device.mailbox] = mailboxes[device.mailbox] }
            return targets
        }

        private static func refusal(
            of draft: MessageDraft, _ groups: [[UInt8]: GroupMembers.Group], _ connection: MySQLConnection
        ) -> StoreOutcome? {
            if draft.body.count + 4096 > connection.maximumPacket { return .tooLarge }
            guard let name = draft.group else { return nil }
            guard let group = groups[Array(name.utf8)] else { return .noSuchGroup }
            return !draft.needsMembership || group.users.contains(ColumnName.user(draft.sender)) ? nil : .notMember
        }

        private func lock(_ targets: Targets, _ connection: MySQLConnection) throws {
            try mailboxes.lock(Set(targets.ofDrafts.compactMap { $0?.mailbox }).union(targets.mailboxes.values), connection)
            try conversations.lock(Set(targets.ofDrafts.compactMap { $0?.conversation }), connection)
        }
    }

    extension MessageDraft {
        var group: String? { if case .group(let name) = recipient { name } else { nil } }
    }
#endif
