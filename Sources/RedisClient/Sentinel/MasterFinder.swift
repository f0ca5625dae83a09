import Reactor

/// Stub.
final class MasterFinder {
    var moved: (RedisAddress) -> Void = { _ in }
    init(_ client: RedisClient, _ sentinels: [RedisAddress], _ master: String) {}
    func find(_ done: @escaping (Result<RedisAddress, RedisError>) -> Void) {}
    func stop() {}
}
