import NIOCore
import Synchronization

/// The connections of a listener and since when each has nothing to be answered, so that the idlest gives way to a new one. Any thread.
final class IdleConnections: Sendable {
    private struct Entry {
        let channel: any Channel
        /// nil: a request of it has come whole and is being answered.
        var since: NIODeadline?
    }

    private let most: Int
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    /// - Parameter most: from so many on a new one makes another one close.
    init(most: Int) { self.most = most }

    func opened(_ channel: any Channel) {
        let idlest: (any Channel)? = entries.withLock { entries in
            defer { entries[ObjectIdentifier(channel)] = Entry(channel: channel, since: .now()) }
            guard entries.count >= most else { return nil }
            let idle = entries.compactMap { key, entry in entry.since.map { (key, $0) } }
            // Taken out at once: the next one that comes finds another.
            return idle.min { $0.1 < $1.1 }.flatMap { entries.removeValue(forKey: $0.0) }?.channel
        }
        idlest?.close(promise: nil)
    }

    /// A request of it has come whole.
    func asked(_ channel: any Channel) { entries.withLock { $0[ObjectIdentifier(channel)]?.since = nil } }

    /// The answer has gone out.
    func answered(_ channel: any Channel) { entries.withLock { $0[ObjectIdentifier(channel)]?.since = .now() } }

    func closed(_ channel: any Channel) { entries.withLock { $0[ObjectIdentifier(channel)] = nil } }
}
