/// What a client may take of a listener.
public struct ListenerLimits: Sendable {
    /// Of a request's head, in bytes.
    public var headBytes: Int
    /// From the first byte of a request (or from connecting) until all of it has come.
    public var requestSeconds: Int
    /// A connection on which nothing happens for so long closes.
    public var idleSeconds: Int
    /// More wait until one closes.
    public var connections: Int
    /// When only so many places are left, a new connection makes the one close that has been idle, or slow with its request, for the longest;
    /// 0: none has to go.
    public var spareConnections: Int

    public init(
        headBytes: Int = 16 << 10, requestSeconds: Int = 10, idleSeconds: Int = 60, connections: Int, spareConnections: Int = 0
    ) {
        self.headBytes = headBytes
        self.requestSeconds = requestSeconds
        self.idleSeconds = idleSeconds
        self.connections = connections
        self.spareConnections = spareConnections
    }
}
