extension RedisClient {
    /// Walks over the names of all keys that match a pattern: SCAN on the server, or on all masters of a Redis Cluster, one after the other.
    /// Loop-only; callbacks come later, on the loop.
    ///
    /// What SCAN promises holds: a key that is there all the time comes at least once, some come twice. A key whose slot moves meanwhile may be
    /// missed.
    ///
    /// - Parameters:
    ///   - count: keys the server looks at for a page.
    ///   - found: gets a page of names.
    ///   - done: called once: nil when all has been looked at, else why not.
    public func scan(
        match pattern: String, count: Int = 500, found: @escaping ([[UInt8]]) -> Void, done: @escaping (RedisError?) -> Void
    ) {
        loop.assertInLoop()
        Scan(self, pattern, count, found, done).next("0")
    }

    private final class Scan {
        private let client: RedisClient
        private let pattern: String
        private let count: Int
        private let found: ([[UInt8]]) -> Void
        private let done: (RedisError?) -> Void
        /// Those that are left, the one it is at first. Empty: there is only one server.
        private var masters: [RedisAddress]

        init(
            _ client: RedisClient, _ pattern: String, _ count: Int, _ found: @escaping ([[UInt8]]) -> Void,
            _ done: @escaping (RedisError?) -> Void
        ) {
            self.client = client
            self.pattern = pattern
            self.count = count
            self.found = found
            self.done = done
            masters = client.route?.masters ?? []
        }

        func next(_ cursor: String) {
            let command = RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", count)
            let reply: RedisReply = { [self] in got($0) }
            guard let master = masters.first else { return client.send(command, reply: reply) }
            if client.route?.send(command, to: master, .closure(reply), deadline: client.deadline(nil)) != true {
                client.refuse(.closure(reply), RedisError(.disconnected, "no connection to \(master)"))
            }
        }

        private func got(_ result: Result<RESPValue, RedisError>) {
            switch result {
            case .failure(let error): done(error)
            case .success(let value):
                guard let parts = value.array, parts.count == 2, let cursor = parts[0].text, let keys = parts[1].array else {
                    return done(RedisError(.malformed, "the answer to SCAN has another form"))
                }
                found(keys.compactMap(\.bytes))
                if cursor != "0" { return next(cursor) }
                if masters.count <= 1 { return done(nil) }
                masters.removeFirst()
                next("0")
            }
        }
    }
}
