/// Called once, on the client's loop, with the answer or the reason why there is none.
public typealias RedisReply = (Result<RESPValue, RedisError>) -> Void

/// Takes answers without a closure for each: for those who send very many commands.
public protocol RedisReplyReceiver: AnyObject {
    /// Called once for each command, on the client's loop.
    /// - Parameter tag: the one given with the command.
    func redisReplied(_ result: Result<RESPValue, RedisError>, tag: UInt64)
}
