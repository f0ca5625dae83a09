/// A login that the node accepted.
public struct ChatSession: Sendable, Hashable {
    /// 32 hex digits; names the session in logs and answers, is no credential.
    public let id: String
    /// What the node granted of the capabilities asked for.
    public let capabilities: ChatCapabilities

    public init(id: String, capabilities: ChatCapabilities) {
        self.id = id
        self.capabilities = capabilities
    }
}
