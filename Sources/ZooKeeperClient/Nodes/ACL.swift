/// Who may do what with a node: one entry of its list.
public struct ACL: Hashable, Sendable {
    public struct Permissions: OptionSet, Hashable, Sendable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// Read data and list children.
        public static let read = Permissions(rawValue: 1)
        /// Set data.
        public static let write = Permissions(rawValue: 2)
        /// Create children.
        public static let create = Permissions(rawValue: 4)
        /// Delete children.
        public static let delete = Permissions(rawValue: 8)
        /// Set the ACL.
        public static let admin = Permissions(rawValue: 16)
        public static let all: Permissions = [.read, .write, .create, .delete, .admin]
    }

    public let permissions: Permissions
    /// `world`, `auth`, `digest`, `ip`, `x509` or what the server has plugged in.
    public let scheme: String
    /// Whom, as the scheme writes it.
    public let id: String

    public init(_ permissions: Permissions, scheme: String, id: String) {
        self.permissions = permissions
        self.scheme = scheme
        self.id = id
    }

    /// For those who know this user's password (`Credential.digest`).
    public static func digest(user: String, password: String, _ permissions: Permissions = .all) -> ACL {
        ACL(permissions, scheme: "digest", id: DigestID.make(user: user, password: password))
    }
}

extension [ACL] {
    /// Everybody may do everything.
    public static let openUnsafe = [ACL(.all, scheme: "world", id: "anyone")]
    /// Everybody may read.
    public static let readUnsafe = [ACL(.read, scheme: "world", id: "anyone")]
    /// Whoever has the credentials of the client that creates the node may do everything.
    public static let creatorAll = [ACL(.all, scheme: "auth", id: "")]
}
