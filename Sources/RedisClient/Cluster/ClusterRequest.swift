/// A command, or a transaction, on its way through a Redis Cluster, which may send it elsewhere.
final class ClusterRequest: RedisReplyReceiver {
    let work: Work
    let place: RedisCommand.Place
    let deadline: UInt64
    private let route: ClusterRoute
    /// Who got it last.
    var sentTo: RedisAddress?
    /// Who is to be asked this once, instead of the slot's owner.
    var ask: RedisAddress?
    /// Not sent before.
    var notBefore: UInt64 = 0
    var redirects = 0

    init(_ route: ClusterRoute, _ work: Work, deadline: UInt64) {
        self.route = route
        self.work = work
        self.deadline = deadline
        switch work {
        case .command(let command, _): place = command.place
        case .transaction(let transaction): place = transaction.place
        case .request(let request): place = request.place
        }
        if case .transaction(let transaction) = work {
            transaction.redirected = { [unowned self] error in self.route.redirected(self, error) }
            transaction.keeper = self
        }
    }

    func redisReplied(_ result: Result<RESPValue, RedisError>, tag: UInt64) {
        if case .failure(let error) = result, route.redirected(self, error) { return }
        if case .command(_, let target) = work { target(result) }
    }

    /// Writes it to a connection that is ready.
    func send(to link: RedisLink) {
        sentTo = link.address
        switch work {
        case .command(let command, _):
            if ask != nil { link.send(RedisCommand("ASKING"), nil, deadline: deadline) }
            link.send(command, .receiver(self, 0), deadline: deadline)
        case .transaction(let transaction): link.send(transaction, deadline: deadline)
        case .request: break
        }
        ask = nil
    }

    var bytes: Int { work.bytes }
    func fail(_ error: RedisError) { work.fail(error) }
    var isTransaction: Bool { if case .transaction = work { true } else { false } }
}

extension Transaction {
    /// The slot all keys lie in.
    var place: RedisCommand.Place {
        var place = RedisCommand.Place.anywhere
        for command in commands {
            switch (place, command.place) {
            case (_, .anywhere): break
            case (.anywhere, let other): place = other
            case (let one, let other): if one != other { return .conflict }
            }
        }
        return place
    }
}
