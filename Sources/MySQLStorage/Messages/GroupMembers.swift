#if MySQL
    import Synchronization

    /// Members of groups, as good as the groups' version. Any thread.
    final class GroupMembers: Sendable {
        struct Group: Sendable {
            var mailbox: UInt64
            var users: Set<[UInt8]>
        }

        private struct State {
            var version: UInt64 = 0
            var groups: [[UInt8]: Group?] = [:]
        }

        private static let most = 1000

        private let state = Mutex(State())

        /// Those of some groups; a group that is not there is not in the answer.
        func groups(_ names: Set<[UInt8]>, _ connection: MySQLConnection) throws -> [[UInt8]: Group] {
            if names.isEmpty { return [:] }
            let version = try Self.version(connection)
            var found: [[UInt8]: Group] = [:]
            for name in names {
                let known = state.withLock { $0.version == version ? $0.groups[name] : nil }
                if let known {
                    found[name] = known
                    continue
                }
                let group = try Self.read(name, connection)
                found[name] = group
                state.withLock { state in
                    if state.version != version || state.groups.count >= Self.most { state = State(version: version) }
                    state.groups[name] = .some(group)
                }
            }
            return found
        }

        static func version(_ connection: MySQLConnection) throws -> UInt64 {
            var version: UInt64 = 0
            try connection.query("SELECT value FROM counter WHERE name = 'groups'") { version = $0.number(0) }
            return version
        }

        private static func read(_ name: [UInt8], _ connection: MySQLConnection) throws -> Group? {
            var place: (id: UInt64, mailbox: UInt64)?
            try connection.query("SELECT id, mailbox FROM chat_group WHERE name = ?", [.bytes(name)]) {
                place = ($0.number(0), $0.number(1))
            }
            guard let place else { return nil }
            var users: Set<[UInt8]> = []
            try connection.query("SELECT user FROM member WHERE chat_group = ?", [.number(place.id)]) { users.insert(try $0.bytes(0)) }
            return Group(mailbox: place.mailbox, users: users)
        }
    }
#endif
