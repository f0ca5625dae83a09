/// What is to be sent as one: a command, or a transaction.
enum Work {
    case command(RedisCommand, ReplyTarget)
    case transaction(Transaction)
    /// Either of them, in a Redis Cluster.
    case request(ClusterRequest)

    var bytes: Int {
        switch self {
        case .command(let command, _): command.wireRoom
        case .transaction(let transaction): transaction.commands.reduce(64) { $0 + $1.wireRoom }
        case .request(let request): request.bytes
        }
    }

    func fail(_ error: RedisError) {
        switch self {
        case .command(_, let target): target(.failure(error))
        case .transaction(let transaction): transaction.fail(error)
        case .request(let request): request.fail(error)
        }
    }
}

extension RedisLink {
    /// Writes all of it; only when `isReady`.
    func send(_ work: Work, deadline: UInt64) {
        switch work {
        case .command(let command, let target): send(command, target, deadline: deadline)
        case .transaction(let transaction): send(transaction, deadline: deadline)
        case .request(let request): request.send(to: self)
        }
    }

    func send(_ transaction: Transaction, deadline: UInt64) {
        var tag: UInt64 = 0
        for part in transaction.parts {
            send(part, .receiver(transaction, tag), deadline: deadline)
            tag += 1
        }
    }
}
