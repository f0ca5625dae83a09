/// What is to be traced.
public struct TraceRequest: Sendable {
    /// Messages, events and logins of this user.
    public var user: String
    /// Whether what users wrote is shown, cut to its beginning. Tokens and passwords never are.
    public var showsContent: Bool

    public init(user: String, showsContent: Bool = false) {
        self.user = user
        self.showsContent = showsContent
    }
}
