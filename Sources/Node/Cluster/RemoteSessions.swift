import Cluster
import Messaging

/// The sessions of other nodes that scripts of one loop hold, by handle. Bounded: of those not named for long, the object counts as ended.
struct RemoteSessions {
    /// The top bit of a handle's 60: a loop's number never has it.
    static let mark: UInt64 = 1 << 59
    private static let room = 1 << 14

    private var ring: [RemoteSession?] = []
    private var numbers: [String: UInt64] = [:]
    private var next: UInt64 = 0

    /// The handle of a session; the same for the same one as long as it is remembered.
    mutating func handle(of session: RemoteSession) -> UInt64 {
        if ring.isEmpty { ring = [RemoteSession?](repeating: nil, count: Self.room) }
        if let number = numbers[session.id] {
            ring[Int(number) & (Self.room - 1)] = session
            return Self.mark | number
        }
        let place = Int(next) & (Self.room - 1)
        if let old = ring[place] { numbers[old.id] = nil }
        ring[place] = session
        numbers[session.id] = next
        defer { next = (next + 1) & (Self.mark - 1) }
        return Self.mark | next
    }

    subscript(handle: UInt64) -> RemoteSession? {
        guard handle & Self.mark != 0, !ring.isEmpty else { return nil }
        let number = handle & (Self.mark - 1)
        guard let session = ring[Int(number) & (Self.room - 1)], numbers[session.id] == number else { return nil }
        return session
    }
}
