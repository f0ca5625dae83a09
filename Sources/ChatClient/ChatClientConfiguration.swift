/// How a ``ChatClient`` behaves. The defaults suit a person at a terminal.
public struct ChatClientConfiguration: Sendable {
    /// Where to go, how, and with what token.
    public struct Target: Sendable {
        public var address: ChatAddress
        /// nil: the token of the first login.
        public var token: String?
        /// TLS of this node; nil: ``ChatClientConfiguration/security`` says.
        public var security: ChatSecurity?

        public init(address: ChatAddress, token: String? = nil, security: ChatSecurity? = nil) {
            self.address = address
            self.token = token
            self.security = security
        }
    }

    /// A heartbeat goes out this often; a connection on which nothing came for two of them is given up.
    public var heartbeatInterval: Duration = .seconds(45)
    /// TLS of every node; nil: they are talked to in the clear, except where a target says otherwise.
    public var security: ChatSecurity?
    /// How long to wait for a connection.
    public var connectTimeout: Duration = .seconds(10)
    /// How long to wait for an answer to a login or a history request.
    public var answerTimeout: Duration = .seconds(10)
    /// How long to wait for the answer to a logout; the connection is closed then.
    public var logoutTimeout: Duration = .seconds(2)
    /// The largest body accepted or sent.
    public var maximumFrameBytes: Int = 4 << 20
    /// When more events than this wait for the consumer, the client stops reading from the node.
    public var maximumWaitingEvents: Int = 256
    /// Answers awaited at a time.
    public var maximumOpenRequests: Int = 256
    /// nil: a lost connection is not replaced.
    public var reconnect: ReconnectPolicy? = ReconnectPolicy()
    /// Asked before each reconnect, such as a gate that knows which nodes live. nil: the first address again.
    public var locate: (@Sendable () async throws -> Target)?
    /// Told to the node at login.
    public var platform: UInt32 = 0
    /// Told to the node at login.
    public var applicationVersion: String = ""

    public init() {}
}
