/// The body of a failure.
public struct ErrorAnswer: Codable, Sendable {
    public struct Detail: Codable, Sendable {
        public var code: String
        public var message: String
    }

    public var error: Detail
}
