/// Stub.
final class ClusterRoute: RedisRoute {
    init(_ client: RedisClient, _ seeds: [RedisAddress]) { super.init(client) }
}
