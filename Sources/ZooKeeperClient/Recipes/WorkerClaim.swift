/// One `WorkerNumber.claim`, through all its tries. Loop-only.
final class WorkerClaim {
    private let client: ZooKeeperClient
    private let path: String
    private let owner: [UInt8]
    private let limit: Int
    private let preferred: Int?
    private let acl: [ACL]
    private let deadline: Int
    private let completion: (Result<Int, ZooKeeperError>) -> Void
    private let timer: LoopTimer

    init(
        _ client: ZooKeeperClient, _ path: String, _ owner: [UInt8], _ limit: Int, _ preferred: Int?, _ acl: [ACL],
        _ timeout: Int,
        _ completion: @escaping (Result<Int, ZooKeeperError>) -> Void
    ) {
        self.client = client
        self.path = path
        self.owner = owner
        self.limit = limit
        self.preferred = preferred
        self.acl = acl
        self.completion = completion
        deadline = client.now + timeout
        timer = LoopTimer(client.loop)
    }

    private var timeLeft: Int { max(deadline - client.now, 1) }

    /// Looks who has which number. First everything the leader decided must have come here: a claim of before may be among it.
    func begin() {
        client.sync(path, timeoutMilliseconds: timeLeft) { [self] result in
            if case .failure(let error) = result, error.code != .noNode { return failed(error) }
            client.getChildren(path, timeoutMilliseconds: timeLeft) { [self] result in
                switch result {
                case .success(let children): readOwners(children.names.compactMap { Int($0) }.filter { (0..<limit).contains($0) }.sorted())
                case .failure(let error) where error.code == .noNode: makePath()
                case .failure(let error): failed(error)
                }
            }
        }
    }

    private func makePath() {
        client.createPath(path, acl: acl, timeoutMilliseconds: timeLeft) { [self] result in
            switch result {
            case .success: begin()
            case .failure(let error): failed(error)
            }
        }
    }

    private func readOwners(_ numbers: [Int]) {
        var left = numbers.count
        var own: Int?
        var fault: ZooKeeperError?
        if left == 0 { return claimFirst(taken: []) }
        for number in numbers {
            client.getData(node(number), timeoutMilliseconds: timeLeft) { [self] result in
                left -= 1
                switch result {
                case .success(let content): if content.data == owner { own = min(own ?? number, number) }
                case .failure(let error): if error.code != .noNode { fault = error }
                }
                guard left == 0 else { return }
                if let fault { return failed(fault) }
                if let own { return completion(.success(own)) }
                claimFirst(taken: Set(numbers))
            }
        }
    }

    private func claimFirst(taken: Set<Int>) {
        guard let preferred, (0..<limit).contains(preferred), !taken.contains(preferred) else { return claim(from: 0, taken: taken) }
        create(preferred) { [self] in claim(from: 0, taken: taken.union([preferred])) }
    }

    private func claim(from start: Int, taken: Set<Int>) {
        guard let number = (start..<max(limit, start)).first(where: { !taken.contains($0) }) else {
            return completion(.failure(ZooKeeperError(.exhausted, path: path, message: "all \(limit) numbers belong to others")))
        }
        create(number) { [self] in claim(from: number + 1, taken: taken) }
    }

    private func create(_ number: Int, orElse: @escaping () -> Void) {
        client.create(node(number), data: owner, acl: acl, timeoutMilliseconds: timeLeft) { [self] result in
            switch result {
            case .success: completion(.success(number))
            // Somebody was quicker; but perhaps it was this owner, in a try whose answer was lost.
            case .failure(let error) where error.code == .nodeExists: orElse()
            case .failure(let error): failed(error)
            }
        }
    }

    private func node(_ number: Int) -> String { NodePath.child(String(number), of: path) }

    private func failed(_ error: ZooKeeperError) {
        let passes =
            switch error.code {
            case .connectionLoss, .requestTimeout, .sessionExpired, .sessionMoved, .throttled, .tooManyRequests: true
            default: false
            }
        let pause = 100
        guard passes, client.now + pause < deadline else { return completion(.failure(error)) }
        timer.set(afterMilliseconds: pause) { [self] in begin() }
    }
}
