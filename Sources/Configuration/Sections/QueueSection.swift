/// Where writes that nobody waits for wait for the store. Keys and defaults: docs/configuration.md.
public struct QueueSection: Sendable, Hashable {
    public enum Driver: String, Sendable {
        case none, redis, rocketmq
    }

    public var driver: Driver

    init(_ values: ResolvedConfiguration) throws {
        driver = try values.choice("queue.driver")
    }
}
