/// Whom a connection tells. On the loop.
protocol RedisLinkOwner: AnyObject {
    /// Commands are taken from now on.
    func linkReady(_ link: RedisLink, _ server: RedisServer, isTracking: Bool)
    /// Over, or never came to be; called once, before those who wait for answers are told. Not called after `RedisLink.abandon`.
    func linkClosed(_ link: RedisLink, _ reason: RedisError)
    func linkPushed(_ link: RedisLink, _ elements: [RESPValue])
}
