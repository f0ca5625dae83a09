import Reactor

/// One change of an `AtomicLong`, through all its tries. Loop-only.
final class AtomicLongChange {
    private let counter: AtomicLong
    private let deadline: Int
    private let completion: (Result<AtomicLong.Change?, ZooKeeperError>) -> Void
    /// nil: leave it as it is.
    private let next: (Int64) -> Int64?
    private let timer: LoopTimer
    private var tries = 0

    init(
        _ counter: AtomicLong, _ timeout: Int, _ completion: @escaping (Result<AtomicLong.Change?, ZooKeeperError>) -> Void,
        _ next: @escaping (Int64) -> Int64?
    ) {
        self.counter = counter
        self.completion = completion
        self.next = next
        deadline = counter.client.now + timeout
        timer = LoopTimer(counter.client.loop)
    }

    private var client: ZooKeeperClient { counter.client }
    private var timeLeft: Int { max(deadline - client.now, 1) }

    func begin() {
        tries += 1
        client.getData(counter.path, timeoutMilliseconds: timeLeft) { [self] result in
            switch result {
            case .success(let content):
                switch AtomicLong.decode(content.data, counter.path) {
                case .success(let value): write(value, content.stat.version)
                case .failure(let error): completion(.failure(error))
                }
            case .failure(let error) where error.code == .noNode: make()
            // Nothing has been changed yet.
            case .failure(let error) where error.code == .connectionLoss: again(error)
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    private func write(_ before: Int64, _ version: Int32) {
        guard let after = next(before) else { return completion(.success(nil)) }
        client.setData(counter.path, data: AtomicLong.encode(after), version: version, timeoutMilliseconds: timeLeft) { [self] result in
            switch result {
            case .success: completion(.success(AtomicLong.Change(before: before, after: after)))
            case .failure(let error) where error.code == .badVersion || error.code == .noNode: again(error)
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    private func make() {
        guard let after = next(0) else { return completion(.success(nil)) }
        client.create(counter.path, data: AtomicLong.encode(after), acl: counter.acl, timeoutMilliseconds: timeLeft) { [self] result in
            switch result {
            case .success: completion(.success(AtomicLong.Change(before: 0, after: after)))
            case .failure(let error) where error.code == .nodeExists: again(error)
            case .failure(let error) where error.code == .noNode: makeParent(error)
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    private func makeParent(_ error: ZooKeeperError) {
        guard let parent = NodePath.parent(counter.path) else { return completion(.failure(error)) }
        client.createPath(parent, acl: counter.acl, timeoutMilliseconds: timeLeft) { [self] result in
            switch result {
            case .success: again(error)
            case .failure(let error): completion(.failure(error))
            }
        }
    }

    /// Others are at it, too: a random pause lets one of them through.
    private func again(_ error: ZooKeeperError) {
        let pause = Int.random(in: 0...min(5 << min(tries, 6), 200))
        guard client.now + pause < deadline else { return completion(.failure(error)) }
        timer.set(afterMilliseconds: pause) { [self] in begin() }
    }
}
