import Reactor

/// A 64-bit number that many clients change, stored as Curator's `DistributedAtomicLong` stores it: eight bytes, big-endian.
///
/// Changes are made by compare-and-set on the node's version and tried again, after a growing random pause, when another client was
/// quicker. A node that is missing counts as 0 and is made, with those above it.
///
/// `async` methods are for any thread, those with `completion` for the loop's.
/// Errors `connectionLoss` and `requestTimeout` (`ZooKeeperError.isOutcomeUnknown`): the change may have been made or not. It is not tried
/// again then, since it could be made twice.
public final class AtomicLong: Sendable {
    public let client: ZooKeeperClient
    public let path: String
    let acl: [ACL]

    public struct Change: Hashable, Sendable {
        public let before: Int64
        public let after: Int64
    }

    public init(client: ZooKeeperClient, path: String, acl: [ACL] = .openUnsafe) {
        self.client = client
        self.path = path
        self.acl = acl
    }

    /// The value now; 0 without node.
    public func get() async throws(ZooKeeperError) -> Int64 {
        try await client.ask { [self] _, completion in get(completion: completion) }
    }

    /// Adds to the value, wrapping at its ends.
    ///
    /// - Parameter timeoutMilliseconds: for all tries together; nil: the client's request timeout. `badVersion` when others were always quicker.
    @discardableResult
    public func add(_ delta: Int64, timeoutMilliseconds: Int? = nil) async throws(ZooKeeperError) -> Change {
        try await client.ask { [self] _, completion in add(delta, timeoutMilliseconds: timeoutMilliseconds, completion: completion) }
    }

    /// Sets the value, whatever it was.
    @discardableResult
    public func set(_ value: Int64, timeoutMilliseconds: Int? = nil) async throws(ZooKeeperError) -> Change {
        try await client.ask { [self] _, completion in set(value, timeoutMilliseconds: timeoutMilliseconds, completion: completion) }
    }

    /// Sets the value if it is `expected`; nil when it was not.
    public func compareAndSet(
        expected: Int64, _ value: Int64, timeoutMilliseconds: Int? = nil
    ) async throws(ZooKeeperError) -> Change? {
        try await client.ask { [self] _, completion in
            compareAndSet(expected: expected, value, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }
}
