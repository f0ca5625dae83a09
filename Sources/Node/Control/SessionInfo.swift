/// A session as operators see it.
public struct SessionInfo: Codable, Sendable {
    public var id: String
    public var user: String
    public var device: String
    public var platform: UInt32
    public var remote: String
    public var node: String
    /// Seconds since 1970.
    public var since: Double
}
