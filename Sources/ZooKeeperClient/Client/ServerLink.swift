import Reactor

/// One connection to a server. The client forgets it at once when it drops it; what the connection still says is for nobody then.
final class ServerLink: ConnectionDelegate {
    private var client: ZooKeeperClient?
    let connection: Connection

    init(_ client: ZooKeeperClient, _ connection: Connection) {
        self.client = client
        self.connection = connection
    }

    func received(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) -> Int {
        guard let client else { return bytes.count }
        return client.received(bytes, self)
    }

    func closed(_ connection: Connection, reason: CloseReason) {
        let client = self.client
        self.client = nil
        client?.linkClosed(reason)
    }

    /// Closes it, and says nothing more.
    func drop(afterFlush: Bool) {
        client = nil
        connection.close(afterFlush: afterFlush)
    }
}
