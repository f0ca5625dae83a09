/// How a client reaches ZooKeeper and what it may use. Times in milliseconds.
public struct ZooKeeperConfiguration: Sendable {
    /// The servers of one ensemble, tried in an order that each client shuffles for itself.
    public var servers: [ServerAddress]
    /// A path such as `/im` under which all paths of this client lie; empty for none. `createPath("/")` makes it.
    public var chroot = ""
    /// What is asked for; the server has the last word (`SessionState.connected`).
    public var sessionTimeoutMilliseconds = 10_000
    /// How long a request may take, waiting for a connection included, when the call does not say.
    public var requestTimeoutMilliseconds = 10_000
    /// How long one server may take to accept the connection and the session.
    public var connectTimeoutMilliseconds = 3_000
    /// Requests sent or waiting at most; beyond, `ZooKeeperError.Code.tooManyRequests` at once.
    public var maxRequests = 10_000
    /// The largest request sent, as servers have it by default (`jute.maxbuffer`).
    public var maxRequestBytes = 0xfffff
    /// The largest answer read; the connection closes at a larger one.
    public var maxResponseBytes = 8 << 20
    /// After a round through all servers without success: the first and the longest pause. A random part is taken off.
    public var reconnectDelayMilliseconds = 50...1_000
    /// Sent after each connect, in this order.
    public var credentials: [Credential] = []
    /// How long `close` waits for the server to confirm it.
    public var closeTimeoutMilliseconds = 2_000

    public init(servers: [ServerAddress], chroot: String = "", sessionTimeoutMilliseconds: Int = 10_000) {
        self.servers = servers
        self.chroot = chroot
        self.sessionTimeoutMilliseconds = sessionTimeoutMilliseconds
    }

    /// Reads a connect string as other clients have it: `host:port,host:port/chroot`.
    ///
    /// - Throws: `.badArguments` that names the part which is wrong.
    public init(connectString: String, sessionTimeoutMilliseconds: Int = 10_000) throws(ZooKeeperError) {
        let slash = connectString.firstIndex(of: "/") ?? connectString.endIndex
        var servers: [ServerAddress] = []
        for part in connectString[..<slash].split(separator: ",", omittingEmptySubsequences: false) {
            guard let server = ServerAddress(part) else {
                throw ZooKeeperError(.badArguments, message: "'\(part)' is not HOST:PORT in '\(connectString)'")
            }
            servers.append(server)
        }
        let chroot = String(connectString[slash...])
        self.init(
            servers: servers, chroot: chroot == "/" ? "" : chroot, sessionTimeoutMilliseconds: sessionTimeoutMilliseconds)
        try validate()
    }

    func validate() throws(ZooKeeperError) {
        if servers.isEmpty { throw ZooKeeperError(.badArguments, message: "no ZooKeeper server is given") }
        if !chroot.isEmpty { try NodePath.validate(chroot) }
        if chroot == "/" { throw ZooKeeperError(.badArguments, path: chroot, message: "chroot is empty or a path below /") }
        guard (1...Int(Int32.max)).contains(sessionTimeoutMilliseconds) else {
            throw ZooKeeperError(.badArguments, message: "session timeout \(sessionTimeoutMilliseconds) ms is not positive")
        }
    }
}
