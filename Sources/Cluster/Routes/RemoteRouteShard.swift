import Glibc

/// A part of `RemoteRoutes`, under its lock.
struct RemoteRouteShard: @unchecked Sendable {
    // @unchecked: only touched under its lock.
    private final class Entry {
        let uid: [UInt8]
        var sessions: [RemoteSession]
        var places: [RemoteNodes.Place]
        /// Another user with the same hash.
        var next: Entry?

        init(_ uid: [UInt8], _ sessions: [RemoteSession], next: Entry?) {
            self.uid = uid
            self.sessions = sessions
            self.next = next
            places = Self.places(of: sessions)
        }

        static func places(of sessions: [RemoteSession]) -> [RemoteNodes.Place] {
            var nodes = RemoteNodes()
            nodes.fill(with: sessions)
            return nodes.places
        }

        func isOf(_ user: UnsafeRawBufferPointer) -> Bool {
            guard uid.count == user.count else { return false }
            guard let base = user.baseAddress else { return true }
            return uid.withUnsafeBytes { own in own.baseAddress.map { memcmp($0, base, user.count) == 0 } ?? true }
        }

        func set(_ sessions: [RemoteSession]) {
            self.sessions = sessions
            places = Self.places(of: sessions)
        }
    }

    private var entries: [UInt64: Entry] = [:]
    private(set) var count = 0

    func find(_ uid: UnsafeRawBufferPointer, hash: UInt64, into nodes: inout RemoteNodes) -> Bool {
        guard let entry = entry(uid, hash) else { return false }
        nodes.set(entry.places)
        return true
    }

    func sessions(of uid: UnsafeRawBufferPointer, hash: UInt64) -> [RemoteSession]? { entry(uid, hash)?.sessions }

    mutating func store(_ uid: UnsafeRawBufferPointer, hash: UInt64, _ sessions: [RemoteSession], most: Int) {
        if let entry = entry(uid, hash) { return entry.set(sessions) }
        if count >= most { makeRoom(most) }
        entries[hash] = Entry(Array(uid), sessions, next: entries[hash])
        count += 1
    }

    mutating func forget(_ uid: UnsafeRawBufferPointer, hash: UInt64) {
        var before: Entry?
        var entry = entries[hash]
        while let found = entry {
            if found.isOf(uid) {
                count -= 1
                if let before { before.next = found.next } else { entries[hash] = found.next }
                return
            }
            before = found
            entry = found.next
        }
    }

    func forget(_ uid: UnsafeRawBufferPointer, hash: UInt64, on node: NodeID) {
        guard let entry = entry(uid, hash) else { return }
        entry.set(entry.sessions.filter { $0.node != node })
    }

    private func entry(_ uid: UnsafeRawBufferPointer, _ hash: UInt64) -> Entry? {
        var entry = entries[hash]
        while let found = entry {
            if found.isOf(uid) { return found }
            entry = found.next
        }
        return nil
    }

    /// An eighth goes, whichever: a dictionary's order is as good as chance.
    private mutating func makeRoom(_ most: Int) {
        for hash in entries.keys.prefix(max(most / 8, 1)) {
            var entry = entries.removeValue(forKey: hash)
            while let found = entry {
                count -= 1
                entry = found.next
            }
        }
    }
}
