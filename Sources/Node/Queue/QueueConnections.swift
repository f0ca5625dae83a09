import Logging
import Reactor
import RedisClient

/// The connections of a queue by Redis, on a loop of their own: one to put with, and one for each worker, since it waits at the server.
final class QueueConnections: Sendable {
    let front: RedisClient
    let workers: [RedisClient]
    private let loop: EventLoop

    /// - Throws: `RedisError` that names what is wrong with the URL, `ReactorError`.
    init(url: String, name: String, workers count: Int, logger: Logger) throws {
        var configuration = try RedisConfiguration(url: url)
        configuration.clientName = "hpush-\(name)-queue"
        loop = try EventLoop(index: 0, name: "queue")
        try loop.start()
        let loop = loop
        let settings = configuration
        front = RedisClient(loop: loop, configuration: settings, logger: logger)
        workers = (0..<count).map { _ in RedisClient(loop: loop, configuration: settings, logger: logger) }
        for client in [front] + workers { client.start() }
    }

    /// Any thread.
    func put(_ command: RedisCommand, reply: @escaping @Sendable (Result<RESPValue, RedisError>) -> Void) {
        let front = front
        if !loop.execute({ front.send(command, reply: reply) }) { reply(.failure(RedisError(.closed, "the node ends"))) }
    }

    func close() async {
        for client in [front] + workers { await client.close() }
        loop.stop()
    }
}
