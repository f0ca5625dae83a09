/// Who gets an answer.
enum ReplyTarget {
    case closure(RedisReply)
    case receiver(any RedisReplyReceiver, UInt64)
    case none

    @inline(__always)
    func callAsFunction(_ result: Result<RESPValue, RedisError>) {
        switch self {
        case .closure(let reply): reply(result)
        case .receiver(let receiver, let tag): receiver.redisReplied(result, tag: tag)
        case .none: break
        }
    }
}
