extension RedisClient {
    /// Subscribes to a channel; `message` is called on the loop for each message. Loop-only; also before `start()`.
    ///
    /// Subscriptions have a connection of their own and are made again when it was lost; messages of the time between are lost, as
    /// Redis has it.
    ///
    /// - Parameter confirmed: called each time the server has confirmed it: at first, and after each loss of the connection.
    @discardableResult
    public func subscribe(
        channel: String, confirmed: (() -> Void)? = nil, message: @escaping (RedisMessage) -> Void
    ) -> RedisSubscription {
        loop.assertInLoop()
        return subscriptions.add(Array(channel.utf8), isPattern: false, confirmed: confirmed, message: message)
    }

    /// The same for all channels that match a pattern (`PSUBSCRIBE`).
    @discardableResult
    public func subscribe(
        pattern: String, confirmed: (() -> Void)? = nil, message: @escaping (RedisMessage) -> Void
    ) -> RedisSubscription {
        loop.assertInLoop()
        return subscriptions.add(Array(pattern.utf8), isPattern: true, confirmed: confirmed, message: message)
    }
}
