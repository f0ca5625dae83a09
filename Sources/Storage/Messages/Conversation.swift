/// Two users, or a group.
public enum Conversation: Sendable, Hashable {
    case between(String, String)
    case group(String)

    /// As SYNC_REQUEST and commands name it for one of its users: the other user, or `group:NAME`.
    public init(of user: String, with peer: String) {
        self = peer.hasPrefix("group:") ? .group(String(peer.dropFirst(6))) : .between(user, peer)
    }

    /// The same for both users, and for no other two: the length says where the first name ends.
    package var key: String {
        switch self {
        case .group(let name): return "g:" + name
        case .between(let left, let right):
            let (first, second) = left.utf8.lexicographicallyPrecedes(right.utf8) ? (left, right) : (right, left)
            return "u\(first.utf8.count):" + first + second
        }
    }
}
