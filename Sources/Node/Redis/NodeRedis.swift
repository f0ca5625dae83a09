import Logging
import Measures
import Reactor
import RedisClient
import Synchronization
import TLS

/// The Redis behind `hpush.redis` and ids from Redis: `cluster.redis.url`, also on a node that stands alone. Connected at its first use, on an
/// event loop of its own, so that no answer of scripts' commands is in the way of the routes'. Any thread; nothing here waits.
final class NodeRedis: Sendable {
    typealias Done = @Sendable (Result<RESPValue, RedisError>) -> Void

    private struct Made {
        let loop: EventLoop
        let client: RedisClient
    }

    private enum State {
        case none
        case made(Made)
        case ended
    }

    private let url: String
    private let name: String
    private let logger: Logger
    private let tls: TLSDoor?
    private let state = Mutex<State>(.none)
    private let times = SharedHistogram()

    /// - Parameter tls: for `rediss://`.
    init(url: String, name: String, logger: Logger, tls: TLSDoor? = nil) {
        self.url = url
        self.name = name
        self.logger = logger
        self.tls = tls
    }

    /// - Parameters:
    ///   - milliseconds: until the answer must be there.
    ///   - done: called once, on the client's loop, or at once when there can be no client.
    func send(_ command: RedisCommand, milliseconds: Int, done: @escaping Done) {
        let made: Made
        switch current() {
        case .success(let found): made = found
        case .failure(let error): return done(.failure(error))
        }
        let begun = ContinuousClock.now
        let timed: Done = { [times] result in
            times.add(begun.duration(to: .now))
            done(result)
        }
        let taken = made.loop.execute { made.client.send(command, timeout: milliseconds, reply: timed) }
        if !taken { done(.failure(RedisError(.closed, "the node ends"))) }
    }

    /// How long commands took to be answered.
    var took: DurationHistogram { times.current }

    func shutDown() async {
        let before = state.withLock { state in
            defer { state = .ended }
            return state
        }
        guard case .made(let made) = before else { return }
        await made.client.close()
        made.loop.stop()
    }

    private func current() -> Result<Made, RedisError> {
        state.withLock { state in
            switch state {
            case .made(let made): return .success(made)
            case .ended: return .failure(RedisError(.closed, "the node ends"))
            case .none:
                do {
                    var configuration = try RedisConfiguration(url: url)
                    configuration.clientName = "hpush-\(name)-rules"
                    let loop = try EventLoop(index: 0, name: "redis")
                    try loop.start()
                    let made = Made(
                        loop: loop, client: RedisClient(loop: loop, configuration: configuration, logger: logger, secure: tls?.hostFilter))
                    made.client.start()
                    state = .made(made)
                    return .success(made)
                } catch let error as RedisError {
                    return .failure(error)
                } catch {
                    return .failure(RedisError(.configuration, "\(error)"))
                }
            }
        }
    }
}
