import Dispatch
import Storage
import Synchronization

/// Members of groups in memory. What another process changes shows within half a second. Any thread.
final class GroupDirectory: Sendable {
    struct Members: Sendable {
        /// In ascending order.
        let users: [[UInt8]]
        let set: Set<[UInt8]>

        init(_ names: [String]) {
            users = names.map { Array($0.utf8) }
            set = Set(users)
        }

        func contains(_ user: UnsafeRawBufferPointer) -> Bool { set.contains(Array(user)) }
    }

    private struct Entry {
        var members: Members?
        var version: UInt64
        /// Nanoseconds of the monotonic clock.
        var checked: UInt64
    }

    private static let freshness: UInt64 = 500_000_000
    private static let most = 10_000

    private let store: any MessageStore
    private let entries = Mutex<[[UInt8]: Entry]>([:])

    init(_ store: any MessageStore) { self.store = store }

    /// What is known of a group, if it is not too old. `.some(nil)`: there is no such group.
    func known(_ name: String) -> Members?? {
        let now = DispatchTime.now().uptimeNanoseconds
        return entries.withLock { entries in
            guard let entry = entries[Array(name.utf8)], now &- entry.checked < Self.freshness else { return nil }
            return .some(entry.members)
        }
    }

    /// Asks the store: blocks. nil: there is no such group.
    func find(_ name: String) throws -> Members? {
        let now = DispatchTime.now().uptimeNanoseconds
        let key = Array(name.utf8)
        let version = try store.groupVersion()
        let before = entries.withLock { $0[key] }
        let members = before?.version == version ? before?.members : try store.members(of: name).map(Members.init)
        entries.withLock { entries in
            if entries.count >= Self.most { entries = [:] }
            entries[key] = Entry(members: members, version: version, checked: now)
        }
        return members
    }
}
