/// Requests from any thread. They are made in the order of the calls of one task. Versions: -1 means any; a `watch` is called on the loop.
extension ZooKeeperClient {
    /// - Returns: the path, with the number the server gave when the mode is sequential.
    @discardableResult
    public func create(
        _ path: String, data: [UInt8] = [], mode: CreateMode = .persistent, acl: [ACL] = .openUnsafe, timeoutMilliseconds: Int? = nil
    ) async throws(ZooKeeperError) -> String {
        try await createWithStat(path, data: data, mode: mode, acl: acl, timeoutMilliseconds: timeoutMilliseconds).path
    }

    public func createWithStat(
        _ path: String, data: [UInt8] = [], mode: CreateMode = .persistent, acl: [ACL] = .openUnsafe, timeoutMilliseconds: Int? = nil
    ) async throws(ZooKeeperError) -> CreatedNode {
        try await ask { client, completion in
            client.create(path, data: data, mode: mode, acl: acl, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// Makes a persistent node and those above it, as far as they are missing; `/` makes the chroot.
    public func createPath(_ path: String, acl: [ACL] = .openUnsafe, timeoutMilliseconds: Int? = nil) async throws(ZooKeeperError) {
        try await ask { client, completion in
            client.createPath(path, acl: acl, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    public func delete(_ path: String, version: Int32 = -1, timeoutMilliseconds: Int? = nil) async throws(ZooKeeperError) {
        try await ask { client, completion in
            client.delete(path, version: version, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// - Returns: nil when there is no such node.
    public func exists(
        _ path: String, timeoutMilliseconds: Int? = nil, watch: WatchHandler? = nil
    ) async throws(ZooKeeperError) -> NodeStat? {
        try await ask { client, completion in
            client.exists(path, watch: watch, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    public func getData(
        _ path: String, timeoutMilliseconds: Int? = nil, watch: WatchHandler? = nil
    ) async throws(ZooKeeperError) -> NodeContent {
        try await ask { client, completion in
            client.getData(path, watch: watch, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    @discardableResult
    public func setData(
        _ path: String, data: [UInt8], version: Int32 = -1, timeoutMilliseconds: Int? = nil
    ) async throws(ZooKeeperError) -> NodeStat {
        try await ask { client, completion in
            client.setData(path, data: data, version: version, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// Names in no order, and what is known of the node.
    public func getChildren(
        _ path: String, timeoutMilliseconds: Int? = nil, watch: WatchHandler? = nil
    ) async throws(ZooKeeperError) -> NodeChildren {
        try await ask { client, completion in
            client.getChildren(path, watch: watch, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// Returns when the server in use has everything that the leader had decided before.
    public func sync(_ path: String, timeoutMilliseconds: Int? = nil) async throws(ZooKeeperError) {
        try await ask { client, completion in
            client.sync(path, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// All operations or none. The error's `path` and `operationIndex` say which one failed.
    @discardableResult
    public func multi(
        _ operations: [Operation], timeoutMilliseconds: Int? = nil
    ) async throws(ZooKeeperError) -> [OperationResult] {
        try await ask { client, completion in
            client.multi(operations, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    public func getACL(_ path: String, timeoutMilliseconds: Int? = nil) async throws(ZooKeeperError) -> NodeACL {
        try await ask { client, completion in
            client.getACL(path, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// - Parameter version: of the ACL (`NodeStat.aversion`).
    @discardableResult
    public func setACL(
        _ path: String, acl: [ACL], version: Int32 = -1, timeoutMilliseconds: Int? = nil
    ) async throws(ZooKeeperError) -> NodeStat {
        try await ask { client, completion in
            client.setACL(path, acl: acl, version: version, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// A watch that stays until `removeWatches`, the session's end, or `close`; the node need not exist. See `WatchEvent.Kind.reconnected`.
    public func addWatch(
        _ path: String, mode: WatchMode, timeoutMilliseconds: Int? = nil, handler: @escaping WatchHandler
    ) async throws(ZooKeeperError) {
        try await ask { client, completion in
            client.addWatch(path, mode: mode, timeoutMilliseconds: timeoutMilliseconds, handler: handler, completion: completion)
        }
    }

    /// Takes away all this client's watches of the path and kind; their handlers get `removed`. `noWatcher` when there are none.
    public func removeWatches(
        _ path: String, kind: WatchKind = .any, timeoutMilliseconds: Int? = nil
    ) async throws(ZooKeeperError) {
        try await ask { client, completion in
            client.removeWatches(path, kind: kind, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// The ephemeral nodes of this session whose paths begin with `prefix` (ZooKeeper 3.6 and newer).
    public func getEphemerals(prefix: String = "/", timeoutMilliseconds: Int? = nil) async throws(ZooKeeperError) -> [String] {
        try await ask { client, completion in
            client.getEphemerals(prefix: prefix, timeoutMilliseconds: timeoutMilliseconds, completion: completion)
        }
    }

    /// Proves a further identity, now and after each reconnect. `connectionLoss`: it will be sent with the next connection.
    public func addAuth(_ credential: Credential) async throws(ZooKeeperError) {
        try await ask { client, completion in client.addAuth(credential, completion: completion) }
    }

    /// Runs a request on the loop and waits for its answer.
    func ask<Value: Sendable>(
        _ begin: @escaping @Sendable (ZooKeeperClient, @escaping (Result<Value, ZooKeeperError>) -> Void) -> Void
    ) async throws(ZooKeeperError) -> Value {
        let result: Result<Value, ZooKeeperError> = await withCheckedContinuation { continuation in
            let isTaken = loop.execute { [self] in begin(self) { continuation.resume(returning: $0) } }
            if !isTaken { continuation.resume(returning: .failure(ZooKeeperError(.closed))) }
        }
        return try result.get()
    }
}
