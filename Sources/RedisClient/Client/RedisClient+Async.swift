extension RedisClient {
    /// Sends a command and waits for its answer. Any thread.
    ///
    ///     let answer = try await client.command(["SET", "key", 5])
    ///
    /// - Throws: `RedisError`, also for a server's error answer and when the task is cancelled.
    public func command(_ arguments: [any RedisArgument], timeout: Int? = nil) async throws -> RESPValue {
        try await command(RedisCommand(arguments), timeout: timeout)
    }

    /// The same with a command that was built.
    public func command(_ command: RedisCommand, timeout: Int? = nil) async throws -> RESPValue {
        try await answer { client, reply in client.send(command, timeout: timeout, reply: reply) }
    }

    /// Runs a script and waits for its answer. Any thread.
    public func evaluate(
        _ script: RedisScript, keys: [any RedisArgument] = [], arguments: [any RedisArgument] = [], timeout: Int? = nil
    ) async throws -> RESPValue {
        try await answer { client, reply in client.evaluate(script, keys: keys, arguments: arguments, timeout: timeout, reply: reply) }
    }

    /// Carries out commands as one transaction and waits for their answers. Any thread.
    public func transaction(_ commands: [RedisCommand], timeout: Int? = nil) async throws -> [RESPValue] {
        try await answer { client, reply in client.transaction(commands, timeout: timeout, reply: reply) }
    }

    /// Messages of a channel as a sequence; beyond 1,024 that nobody takes, later ones are dropped. Ends with the client. Any thread.
    public func messages(channel: String) -> AsyncStream<RedisMessage> { stream(channel, isPattern: false) }

    /// The same for all channels that match a pattern (`PSUBSCRIBE`).
    public func messages(pattern: String) -> AsyncStream<RedisMessage> { stream(pattern, isPattern: true) }

    private func stream(_ name: String, isPattern: Bool) -> AsyncStream<RedisMessage> {
        AsyncStream(bufferingPolicy: .bufferingOldest(1_024)) { continuation in
            let box = StreamBox()
            continuation.onTermination = { _ in self.onLoop { _ in box.take()?.cancel() } }
            let begun = loop.execute {
                guard self.life == .new || self.life == .running else { return continuation.finish() }
                let made = self.subscriptions.add(Array(name.utf8), isPattern: isPattern, ended: { continuation.finish() }) {
                    continuation.yield($0)
                }
                box.put(made)
            }
            if !begun { continuation.finish() }
        }
    }

    private func answer<Value: Sendable>(
        _ send: @escaping @Sendable (RedisClient, @escaping (Result<Value, RedisError>) -> Void) -> Void
    ) async throws -> Value {
        let waiter = Waiter<Value>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.begin(continuation)
                let begun = loop.execute { send(self) { waiter.end($0) } }
                if !begun { waiter.end(.failure(RedisError(.closed, "loop \(loop.name) has ended"))) }
            }
        } onCancel: {
            waiter.end(.failure(RedisError(.cancelled, "the task was cancelled", execution: .possibly)))
        }
    }
}
