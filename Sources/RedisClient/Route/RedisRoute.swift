import Reactor

/// The way from commands to servers. It holds the client from its start to its end. Loop-only.
class RedisRoute {
    let client: RedisClient
    @exclusivity(unchecked) var waiting: WaitingCommands
    @exclusivity(unchecked) private var timer: DeadlineTimer?
    private(set) var isOver = false

    init(_ client: RedisClient) {
        self.client = client
        waiting = WaitingCommands(client.configuration, byteLimit: client.byteLimit)
        timer = DeadlineTimer(client.loop) { [self] in timePassed() }
    }

    var loop: EventLoop { client.loop }

    // MARK: - For the kinds of routes

    var isConnected: Bool { false }
    var isTracking: Bool { false }
    var inFlight: Int { 0 }
    /// Where subscriptions go; nil: nowhere yet.
    var subscriptionAddress: RedisAddress? { nil }

    func start() {}
    func send(_ command: RedisCommand, _ target: ReplyTarget, deadline: UInt64) {}
    func send(_ transaction: Transaction, deadline: UInt64) {}
    /// Where the masters of a Redis Cluster are; empty: one server has everything, or they are not known yet.
    var masters: [RedisAddress] { [] }
    /// Sends a command to one of the masters, whatever its keys; false: there is no connection to it.
    func send(_ command: RedisCommand, to master: RedisAddress, _ target: ReplyTarget, deadline: UInt64) -> Bool { false }
    /// Ends all connections.
    func stop(_ error: RedisError) {}

    // MARK: - Waiting

    func wait(_ work: Work, deadline: UInt64) {
        guard waiting.hasRoom(work.bytes) else { return refuse(work) }
        waiting.append(work, deadline: deadline)
        timer?.arm(deadline)
    }

    /// Too much waits already.
    func refuse(_ work: Work) {
        client.count.refused &+= 1
        refuse(work, RedisError(.queueFull, "\(inFlight) commands are under way and \(waiting.count) wait; more are not taken"))
    }

    /// Tells it later.
    func refuse(_ work: Work, _ error: RedisError) {
        switch work {
        case .command(_, let target): client.refuse(target, error)
        case .transaction(let transaction): client.refuse(.receiver(transaction, transaction.lastTag), error)
        case .request(let request): refuse(request.work, error)
        }
    }

    private func timePassed() {
        let over = waiting.expired(loop.now)
        if !over.isEmpty {
            client.count.timeouts &+= over.count
            let error = RedisError(.timedOut, "no connection in time\(reason)")
            for work in over { work.fail(error) }
        }
        if waiting.count > 0 { timer?.arm(waiting.earliest) }
    }

    /// Why there is none, for the error.
    private var reason: String { lastFailure.map { ": \($0.message)" } ?? "" }
    var lastFailure: RedisError?

    func end(_ error: RedisError) {
        if isOver { return }
        isOver = true
        timer?.end()
        stop(error)
        while let item = waiting.popFirst() { item.work.fail(error) }
    }
}
