/// Times and sizes of links between nodes.
public struct PeerLimits: Sendable {
    /// Bytes of records kept for a node that has not acknowledged them; beyond it nothing is taken.
    public var backlog: Int
    /// Bytes of a client's frame at most.
    public var frame: Int
    public var connectMilliseconds = 3000
    /// From connected to open.
    public var handshakeMilliseconds = 5000
    public var pingMilliseconds = 1000
    /// Nothing heard for so long: the link is cut and made anew.
    public var silenceMilliseconds = 5000
    /// No link for so long: what waits is given up.
    public var holdMilliseconds = 30_000
    /// Connections that have not proved themselves at most.
    public var unproved = 256

    public init(backlog: Int, frame: Int) {
        self.backlog = backlog
        self.frame = frame
    }
}
