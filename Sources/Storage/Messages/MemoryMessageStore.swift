import Synchronization

/// Messages in memory: for tests, and for nodes that need not keep them.
public final class MemoryMessageStore: MessageStore {
    private let state = Mutex(MemoryMessages())

    public init() {}

    public func commit(_ writes: [StoreWrite]) throws -> [StoreOutcome] { state.withLock { state in writes.map { state.apply($0) } } }

    public func inbox(of user: String, device: String, after: UInt64?, limit: Int, bytes: Int) throws -> InboxPage {
        state.withLock { $0.inbox(user, device, after: after, limit: limit, bytes: bytes) }
    }

    public func history(_ conversation: Conversation, after sequence: UInt64, limit: Int, bytes: Int) throws -> HistoryPage {
        state.withLock { $0.history(conversation.key, after: sequence, limit: limit, bytes: bytes) }
    }

    public func lastSequence(of conversation: Conversation) throws -> UInt64 {
        state.withLock { $0.conversations[Array(conversation.key.utf8)]?.last ?? 0 }
    }

    public func createGroup(_ name: String, members: [String]) throws {
        try GroupName.check(name)
        try GroupName.checkMembers(members)
        try state.withLock { state in
            guard state.groups[Array(name.utf8)] == nil else { throw MessageStoreError.groupExists(name) }
            state.groups[Array(name.utf8)] = [:]
            state.add(members, to: name)
        }
    }

    public func addMembers(_ users: [String], to group: String) throws {
        try GroupName.checkMembers(users)
        try state.withLock { state in
            guard state.groups[Array(group.utf8)] != nil else { throw MessageStoreError.noSuchGroup(group) }
            state.add(users, to: group)
        }
    }

    public func removeMembers(_ users: [String], from group: String) throws {
        try state.withLock { state in
            guard var members = state.groups[Array(group.utf8)] else { throw MessageStoreError.noSuchGroup(group) }
            for user in users {
                guard members.removeValue(forKey: Array(user.utf8)) != nil else {
                    throw MessageStoreError.noSuchMember(group: group, user: user)
                }
            }
            state.groups[Array(group.utf8)] = members
            state.version += 1
        }
    }

    public func members(of group: String) throws -> [String]? {
        state.withLock { $0.groups[Array(group.utf8)].map { MemoryMessages.sorted(Array($0.keys)) } }
    }

    public func groups(of user: String?) throws -> [String] {
        state.withLock { state in
            let user = user.map { Array($0.utf8) }
            return MemoryMessages.sorted(state.groups.filter { group in user.map { group.value[$0] != nil } ?? true }.map(\.key))
        }
    }

    public func groupVersion() throws -> UInt64 { state.withLock { $0.version } }

    public func keep(_ sightings: [DeviceSighting]) throws {
        state.withLock { state in
            for sighting in sightings {
                let device = MemoryMessages.Device(user: Array(sighting.user.utf8), device: Array(sighting.device.utf8))
                state.seen[device] = max(state.seen[device] ?? 0, sighting.time)
            }
        }
    }

    public func devices(of user: String) throws -> [DeviceSighting] {
        state.withLock { state in
            let user = Array(user.utf8)
            return state.seen.filter { $0.key.user == user }.sorted { $0.value > $1.value }.map {
                DeviceSighting(
                    user: String(decoding: user, as: UTF8.self), device: String(decoding: $0.key.device, as: UTF8.self), time: $0.value)
            }
        }
    }

    public func excess(over kept: Int, seenSince: UInt64, after conversation: Int64?, limit: Int) throws -> ExcessPage {
        state.withLock { $0.excess(over: kept, seenSince: seenSince, limit: limit) }
    }

    public func remove(_ excesses: [Excess]) throws { state.withLock { state in excesses.forEach { state.remove($0) } } }
}
