import Reactor

extension AtomicLong {
    /// The value now; 0 without node. Loop-only.
    public func get(completion: @escaping (Result<Int64, ZooKeeperError>) -> Void) {
        client.getData(path) { [path] result in
            switch result {
            case .success(let content): completion(Self.decode(content.data, path))
            case .failure(let error): completion(error.code == .noNode ? .success(0) : .failure(error))
            }
        }
    }

    /// Loop-only; see the `async` method.
    public func add(_ delta: Int64, timeoutMilliseconds: Int? = nil, completion: @escaping (Result<Change, ZooKeeperError>) -> Void) {
        change(timeoutMilliseconds, completion: completion) { $0 &+ delta }
    }

    /// Loop-only; see the `async` method.
    public func set(_ value: Int64, timeoutMilliseconds: Int? = nil, completion: @escaping (Result<Change, ZooKeeperError>) -> Void) {
        change(timeoutMilliseconds, completion: completion) { _ in value }
    }

    /// Loop-only; see the `async` method.
    public func compareAndSet(
        expected: Int64, _ value: Int64, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<Change?, ZooKeeperError>) -> Void
    ) {
        AtomicLongChange(
            self, timeoutMilliseconds ?? client.configuration.requestTimeoutMilliseconds, completion
        ) { $0 == expected ? value : nil }.begin()
    }

    private func change(_ timeout: Int?, completion: @escaping (Result<Change, ZooKeeperError>) -> Void, _ next: @escaping (Int64) -> Int64)
    {
        let done: (Result<Change?, ZooKeeperError>) -> Void = { [path] result in
            completion(result.flatMap { $0.map { .success($0) } ?? .failure(ZooKeeperError(.badVersion, path: path)) })
        }
        AtomicLongChange(self, timeout ?? client.configuration.requestTimeoutMilliseconds, done) { next($0) }.begin()
    }

    static func encode(_ value: Int64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// Curator takes a node without data for 0.
    static func decode(_ data: [UInt8], _ path: String) -> Result<Int64, ZooKeeperError> {
        if data.isEmpty { return .success(0) }
        guard data.count == 8 else {
            return .failure(
                ZooKeeperError(.unexpectedData, path: path, message: "the counter's node has \(data.count) bytes, 8 are expected"))
        }
        return .success(data.reduce(0) { $0 << 8 | Int64($1) })
    }
}
