/// What a client proves itself with.
public struct Credential: Hashable, Sendable {
    public let scheme: String
    public let secret: [UInt8]

    public init(scheme: String, secret: [UInt8]) {
        self.scheme = scheme
        self.secret = secret
    }

    /// User and password; nodes with an `ACL.digest` of them are open to this client.
    public static func digest(user: String, password: String) -> Credential {
        Credential(scheme: "digest", secret: Array("\(user):\(password)".utf8))
    }
}
