import Reactor

/// Requests on the loop. Each `completion` is called once, on the loop; before the method returns when the request is refused at once
/// (`badArguments`, `tooManyRequests`, `closed`). `timeoutMilliseconds`: nil takes the configuration's. Versions: -1 means any.
/// A `watch` is told once of the next change, and is there when the answer is a success (for `exists` also when there is no node).
extension ZooKeeperClient {
    public func create(
        _ path: String, data: [UInt8] = [], mode: CreateMode = .persistent, acl: [ACL] = .openUnsafe, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<CreatedNode, ZooKeeperError>) -> Void
    ) {
        submit(.create(path: path, data: data, acl: acl, mode: mode), .created(completion), timeoutMilliseconds)
    }

    public func delete(
        _ path: String, version: Int32 = -1, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<Void, ZooKeeperError>) -> Void
    ) {
        submit(.delete(path: path, version: version), .nothing(completion), timeoutMilliseconds)
    }

    /// The answer is nil when there is no such node.
    public func exists(
        _ path: String, watch: WatchHandler? = nil, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<NodeStat?, ZooKeeperError>) -> Void
    ) {
        submit(.exists(path: path, watch: watch != nil), .optionalStat(completion), timeoutMilliseconds, watch)
    }

    public func getData(
        _ path: String, watch: WatchHandler? = nil, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<NodeContent, ZooKeeperError>) -> Void
    ) {
        submit(.getData(path: path, watch: watch != nil), .content(completion), timeoutMilliseconds, watch)
    }

    public func setData(
        _ path: String, data: [UInt8], version: Int32 = -1, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<NodeStat, ZooKeeperError>) -> Void
    ) {
        submit(.setData(path: path, data: data, version: version), .stat(completion), timeoutMilliseconds)
    }

    /// Names in no order. The watch is told of children that come and go, not of their data.
    public func getChildren(
        _ path: String, watch: WatchHandler? = nil, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<NodeChildren, ZooKeeperError>) -> Void
    ) {
        submit(.getChildren(path: path, watch: watch != nil), .children(completion), timeoutMilliseconds, watch)
    }

    /// Answered when the server in use has everything that the leader had decided before.
    public func sync(
        _ path: String, timeoutMilliseconds: Int? = nil, completion: @escaping (Result<Void, ZooKeeperError>) -> Void
    ) {
        submit(.sync(path: path), .nothing(completion), timeoutMilliseconds)
    }

    /// All operations or none. The error's `path` and `operationIndex` say which one failed.
    public func multi(
        _ operations: [Operation], timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<[OperationResult], ZooKeeperError>) -> Void
    ) {
        submit(.multi(operations), .operations(completion), timeoutMilliseconds)
    }

    public func getACL(
        _ path: String, timeoutMilliseconds: Int? = nil, completion: @escaping (Result<NodeACL, ZooKeeperError>) -> Void
    ) {
        submit(.getACL(path: path), .acl(completion), timeoutMilliseconds)
    }

    /// - Parameter version: of the ACL (`NodeStat.aversion`).
    public func setACL(
        _ path: String, acl: [ACL], version: Int32 = -1, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<NodeStat, ZooKeeperError>) -> Void
    ) {
        submit(.setACL(path: path, acl: acl, version: version), .stat(completion), timeoutMilliseconds)
    }

    /// A watch that stays until `removeWatches`, the session's end, or `close`; the node need not exist. See `WatchEvent.Kind.reconnected`.
    public func addWatch(
        _ path: String, mode: WatchMode, timeoutMilliseconds: Int? = nil, handler: @escaping WatchHandler,
        completion: @escaping (Result<Void, ZooKeeperError>) -> Void
    ) {
        submit(.addWatch(path: path, mode: mode), .nothing(completion), timeoutMilliseconds, handler)
    }

    /// Takes away all this client's watches of the path and kind; their handlers get `removed`. `noWatcher` when there are none.
    public func removeWatches(
        _ path: String, kind: WatchKind = .any, timeoutMilliseconds: Int? = nil,
        completion: @escaping (Result<Void, ZooKeeperError>) -> Void
    ) {
        let removed: Completion.Of<Void> = { [self] result in
            if case .success = result { tell(watches.remove(chroot.full(path), kind), .removed, chroot.full(path)) }
            completion(result)
        }
        submit(.removeWatches(path: path, kind: kind), .nothing(removed), timeoutMilliseconds)
    }

    /// The ephemeral nodes of this session whose paths begin with `prefix` (ZooKeeper 3.6 and newer).
    public func getEphemerals(
        prefix: String = "/", timeoutMilliseconds: Int? = nil, completion: @escaping (Result<[String], ZooKeeperError>) -> Void
    ) {
        submit(.getEphemerals(prefix: prefix), .strings(completion), timeoutMilliseconds)
    }

    /// Proves a further identity, now and after each reconnect. `connectionLoss`: it will be sent with the next connection.
    public func addAuth(_ credential: Credential, completion: @escaping (Result<Void, ZooKeeperError>) -> Void) {
        loop.assertInLoop()
        switch machine.phase {
        case .closing, .closed: return completion(.failure(ZooKeeperError(.closed)))
        default: break
        }
        credentials.append(credential)
        if machine.phase == .connected {
            send(credential, completion)
        } else {
            completion(.failure(ZooKeeperError(.connectionLoss, message: "not connected; it is sent with the next connection")))
        }
    }

    // MARK: - One way in

    @inline(__always)
    func submit(
        _ request: Request, _ completion: Completion, _ timeout: Int?, _ watch: WatchHandler? = nil, isAbsolute: Bool = false
    ) {
        loop.assertInLoop()
        do throws(ZooKeeperError) {
            try request.validate()
            let size = 8 + request.encodedSize(chroot: isAbsolute ? "" : chroot.path)
            guard size <= configuration.maxRequestBytes else {
                throw ZooKeeperError(
                    .badArguments, path: request.path, message: "a request of \(size) bytes, at most \(configuration.maxRequestBytes)")
            }
        } catch {
            return completion.fail(error)
        }
        let pending = PendingRequest(request: request, completion: completion, watch: watch, isAbsolute: isAbsolute, since: loop.now)
        switch machine.submit(pending, timeout: timeout ?? configuration.requestTimeoutMilliseconds, now: now) {
        case .send(let xid):
            send(pending, xid: xid)
            if machine.earliestDeadline < timerDue { arm() }
        case .wait: arm()
        case .refuse(let code): fail(pending, code)
        }
    }
}
