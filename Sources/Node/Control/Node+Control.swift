import Dispatch
import HPushConfiguration
import Messaging
import Reactor
import Synchronization

extension Node: NodeControl {
    public var isReady: Bool {
        !shared.draining.load(ordering: .relaxed) && !shared.memoryUsedUp.load(ordering: .relaxed) && serves
    }

    private var state: NodeStatus.State {
        if shared.draining.load(ordering: .relaxed) { return .draining }
        if shared.memoryUsedUp.load(ordering: .relaxed) { return .full }
        return serves ? .ready : .starting
    }

    public func drain() async {
        let was = shared.draining.exchange(true, ordering: .relaxed)
        guard !was else { return }
        shared.logger.notice("an operator drains the node")
        drainRequest.yield()
    }

    /// Has the status name another listener of this process.
    public func add(listener name: String, at address: String) {
        otherListeners.withLock { $0.append(.init(name: name, address: address)) }
    }

    public func status() async -> NodeStatus {
        let statistics = await statistics()
        let configuration = shared.configuration
        let (host, port) = chatAddress
        let store = shared.messages.writer.current
        return NodeStatus(
            name: configuration.node.name, version: Self.version,
            state: state, uptimeSeconds: uptimeSeconds,
            listeners: [.init(name: "chat", address: "\(host):\(port)")] + webSocketListener + otherListeners.withLock { $0 },
            loops: loops.count,
            connections: shared.connections.load(ordering: .relaxed), sessions: shared.sessions.load(ordering: .relaxed),
            users: shared.routes.userCount, generation: generations.current?.number ?? 0, messagesReceived: statistics.messagesReceived,
            messagesDelivered: statistics.messagesDelivered, messagesRefused: statistics.refusals.reduce(0, +),
            residentBytes: ProcessMemory.resident, memoryLimitBytes: memoryWatch?.limit, cluster: await clusterStatus(),
            store: .init(working: store.failure == nil, failure: store.failure, waiting: store.waiting, writes: store.writes))
    }

    public func sessions(of user: String) async -> [SessionInfo] {
        shared.routes.sessions(of: user).sorted { $0.since < $1.since }.map { SessionInfo($0, node: shared.configuration.node.name) }
    }

    public func closeSession(id: String, reason: String) async -> Bool {
        guard let session = shared.find(id: id), session.state != .closed else { return false }
        let handle = session.handle
        shared.logger.info("session closed by an operator", metadata: ["session": "\(id)", "reason": "\(reason)"])
        let owner = loops[handle.loop]
        return await owner.ask { owner in
            guard owner.slots.session(handle) != nil else { return false }
            owner.close(handle, .admin, reason)
            return true
        } ?? false
    }

    func statistics() async -> LoopStatistics {
        var total = LoopStatistics()
        for owner in loops { if let own = await owner.ask(\.statistics) { total.add(own) } }
        return total
    }
}

extension SessionInfo {
    init(_ session: Session, node: String) {
        self.init(
            id: session.id.description, user: session.uid, device: session.device, platform: session.platform, remote: session.remote,
            node: node, since: Double(session.since) / 1000)
    }
}
