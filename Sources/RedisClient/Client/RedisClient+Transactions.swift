extension RedisClient {
    /// Carries out commands as one transaction (MULTI, EXEC): all of them with nothing in between, or none. Loop-only; `reply` is called
    /// later. An answer can be a `RESPValue.error`: Redis goes on with the commands after one that failed.
    ///
    /// In a Redis Cluster all keys must lie in one slot.
    public func transaction(
        _ commands: [RedisCommand], timeout: Int? = nil, reply: @escaping (Result<[RESPValue], RedisError>) -> Void
    ) {
        loop.assertInLoop()
        let answers = Transaction(commands, reply)
        guard life == .running, let route else { return refuse(.receiver(answers, 0), notRunning) }
        guard !commands.isEmpty, commands.allSatisfy({ $0.count > 0 }) else {
            return refuse(.receiver(answers, 0), RedisError(.configuration, "an empty transaction, or an empty command in it"))
        }
        count.commands &+= commands.count
        route.send(answers, deadline: deadline(timeout))
    }
}
